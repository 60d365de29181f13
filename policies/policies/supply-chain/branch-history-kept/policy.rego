# METADATA
# title: The history of protected branches is kept
# description: |
#   A protected branch refuses force pushes and deletion, so that what was reviewed and released stays as it was. Judged
#   on what GitHub's API says of a branch, a ruleset or the rules of a branch.
# custom:
#   exhibit:
#     id: branch-history-kept
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: The record of changes cannot be rewritten.
#       - control: iso27001/a.8.4
#         strength: partial
#         rationale: Shows that source code that was merged cannot be removed or replaced.
#       - control: iso27001/a.5.33
#         strength: supporting
#         rationale: Shows that the record of changes is protected.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows that every change stays traceable.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that the history of development is protected.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Switch off force pushes and deletion for the branch, in its protection or by the rules non_fast_forward and deletion.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.branch_history_kept

import data.lib.branches

needed := {"non_fast_forward": "refuse force pushes", "deletion": "refuse its deletion"}

population contains branches.subject(b) if some b in branches.branches

violations contains branches.violation(b, message, path(b, rule), fix) if {
	some b in branches.branches
	some rule, what in needed
	branches.state(b, rule) == "missing"
	message := sprintf("%s does not %s.", [b.id, what])
	fix := sprintf("Add the rule %s.", [rule])
}

unknowns contains branches.undecided(b, what) if {
	some b in branches.branches
	some rule, what in needed
	branches.state(b, rule) == "elsewhere"
}

path(b, rule) := [{"non_fast_forward": "allow_force_pushes", "deletion": "allow_deletions"}[rule], "enabled"] if {
	b.form == "protection"
} else := []
