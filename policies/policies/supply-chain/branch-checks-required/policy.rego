# METADATA
# title: Protected branches demand their checks
# description: |
#   A protected branch takes changes only when at least one named check has passed. This is what makes a policy in CI a
#   gate. Judged on what GitHub's API says of a branch, a ruleset or the rules of a branch.
# custom:
#   exhibit:
#     id: branch-checks-required
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: Changes are tested before they are merged, and cannot be merged when tests fail.
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Checks of configuration cannot be left out.
#       - control: iso27001/a.8.25
#         strength: supporting
#         rationale: Shows that checks are part of development.
#       - control: iso27001/a.8.32
#         strength: partial
#         rationale: Shows that changes are tested before they are made.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows that security checks during development are obligatory.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Name the checks that must pass in the rule for status checks, the policy check among them.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.branch_checks_required

import data.lib.branches

population contains branches.subject(b) if some b in branches.branches

violations contains branches.violation(b, message, path, "Name the checks that must pass.") if {
	some b in branches.branches
	some [path, parameters] in branches.rules(b, "required_status_checks")
	count(named(parameters)) == 0
	message := sprintf("%s demands checks, but names none.", [b.id])
}

violations contains branches.violation(b, message, [], "Name the checks that must pass.") if {
	some b in branches.branches
	branches.state(b, "required_status_checks") == "missing"
	message := sprintf("%s takes changes whose checks failed.", [b.id])
}

unknowns contains branches.undecided(b, "demand checks") if {
	some b in branches.branches
	branches.state(b, "required_status_checks") == "elsewhere"
}

named(parameters) := checks if {
	checks := parameters.required_status_checks
	is_array(checks)
} else := []
