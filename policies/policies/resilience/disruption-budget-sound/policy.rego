# METADATA
# title: Disruption budgets allow some and not all
# description: |
#   A PodDisruptionBudget keeps at least one pod and lets at least one go. One that lets none go stops every upgrade of a
#   node; one that lets all go protects nothing.
# custom:
#   exhibit:
#     id: disruption-budget-sound
#     severity: low
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: supporting
#         rationale: Maintenance of machines does not take a whole service away.
#       - control: iso27001/a.8.14
#         strength: supporting
#         rationale: Shows that copies of a service are kept while machines are replaced.
#       - control: iso27001/a.8.8
#         strength: supporting
#         rationale: Nodes can be updated, because no budget forbids it.
#       - control: nis2/21.2.c
#         strength: supporting
#         rationale: Shows one measure for continuity during maintenance.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set maxUnavailable to 1, or minAvailable to less than the number of copies.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.disruption_budget_sound

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("disruption_budget")

violations contains resources.violation(r, message, ["spec", key], "Set maxUnavailable to 1.") if {
	some r in resources.of_type("disruption_budget")
	some key in ["maxUnavailable", "minAvailable"]
	value := object.get(r.values, ["spec", key], null)
	problem := problems[key][extreme(value)]
	message := sprintf("%s %s: %s is %v.", [r.id, problem, key, value])
}

violations contains resources.violation(r, message, ["spec"], "Set maxUnavailable to 1.") if {
	some r in resources.of_type("disruption_budget")
	object.get(r.values, ["spec", "maxUnavailable"], null) == null
	object.get(r.values, ["spec", "minAvailable"], null) == null
	message := sprintf("%s states no number.", [r.id])
}

problems := {
	"maxUnavailable": {"none": "lets no pod go, so that no node can be emptied", "all": "lets every pod go"},
	"minAvailable": {"none": "lets every pod go", "all": "lets no pod go, so that no node can be emptied"},
}

extreme(0) := "none"

extreme(value) := "none" if value in {"0", "0%"}

extreme(value) := "all" if value in {"100%"}
