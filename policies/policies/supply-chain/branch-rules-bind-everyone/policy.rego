# METADATA
# title: Rules of protected branches bind everyone
# description: |
#   The protection of a branch holds for administrators too; a ruleset is in force and lets nobody pass it at will.
#   Passing it through a pull request is taken. Judged on what GitHub's API says of a branch or a ruleset.
# custom:
#   exhibit:
#     id: branch-rules-bind-everyone
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: Nobody can leave the process of changes out alone.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Duties are separated also for those who administer repositories.
#       - control: iso27001/a.8.2
#         strength: supporting
#         rationale: Shows that administrators have no way around the rules.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that rules of access have no unstated exceptions.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that rules of development bind everyone.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Switch enforce_admins on; set the ruleset to active and remove those who may bypass it always.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.branch_rules_bind_everyone

import data.lib.branches
import data.lib.resources

population contains branches.subject(b) if some b in protections

population contains named(ruleset) if some ruleset in rulesets

violations contains branches.violation(b, message, ["enforce_admins", "enabled"], "Switch enforce_admins on.") if {
	some b in protections
	object.get(input, ["enforce_admins", "enabled"], false) != true
	message := sprintf("%s does not bind administrators.", [b.id])
}

violations contains branches.violation(named(ruleset), message, ["enforcement"], "Set enforcement to active.") if {
	some ruleset in rulesets
	ruleset.enforcement != "active"
	message := sprintf("%s is not in force: it is %s.", [named(ruleset).id, ruleset.enforcement])
}

violations contains branches.violation(named(ruleset), message, ["bypass_actors", i], "Remove it, or let it pass through pull requests only.") if {
	some ruleset in rulesets
	some i, actor in resources.list(object.get(ruleset, "bypass_actors", null))
	is_object(actor)
	not object.get(actor, "bypass_mode", "always") in {"pull_request", "exempt_pull_request"}
	message := sprintf("%s can be passed at will by %v %v.", [named(ruleset).id, object.get(actor, "actor_type", "an actor"), object.get(actor, "actor_id", "")])
}

# The API shows them only to those who may write the ruleset.
unknowns contains {"subject": named(ruleset).id, "message": message, "path": []} if {
	some ruleset in rulesets
	not is_array(object.get(ruleset, "bypass_actors", null))
	message := sprintf("Who may pass %s is not in what was read.", [named(ruleset).id])
}

protections := [b | some b in branches.branches; b.form == "protection"]

rulesets := [branches.ruleset_document | branches.ruleset_document]

named(ruleset) := {"id": branches.ruleset_id(ruleset), "type": "ruleset", "name": object.get(ruleset, "name", "(unnamed)")}
