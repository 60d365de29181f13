# METADATA
# title: Commits on protected branches are signed
# description: |
#   A protected branch takes signed commits only, so that who wrote a change is shown by a key and not by a name that
#   anyone can type. Judged on what GitHub's API says of a branch, a ruleset or the rules of a branch.
# custom:
#   exhibit:
#     id: branch-commits-signed
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: Who made a change can be shown.
#       - control: iso27001/a.8.4
#         strength: supporting
#         rationale: Shows that source code is changed by known people.
#       - control: iso27001/a.5.16
#         strength: supporting
#         rationale: Shows that authors of changes are identified.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one measure against changes under a false name.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: P1D
#     remediation: Demand signed commits in the protection of the branch or by the rule required_signatures.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.branch_commits_signed

import data.lib.branches

population contains branches.subject(b) if some b in branches.branches

violations contains branches.violation(b, message, [], "Demand signed commits.") if {
	some b in branches.branches
	branches.state(b, "required_signatures") == "missing"
	message := sprintf("%s takes commits without a signature.", [b.id])
}

unknowns contains branches.undecided(b, "demand signatures") if {
	some b in branches.branches
	branches.state(b, "required_signatures") == "elsewhere"
}
