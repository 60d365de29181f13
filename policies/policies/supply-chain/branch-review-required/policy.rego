# METADATA
# title: Changes of protected branches are reviewed
# description: |
#   A protected branch takes changes through pull requests that someone else approved, and an approval ends when the
#   change does. Judged on what GitHub's API says of a branch, a ruleset or the rules of a branch.
# custom:
#   exhibit:
#     id: branch-review-required
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: Every change is approved by a second person before it is merged.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Nobody alone can bring software into what is released.
#       - control: iso27001/a.8.32
#         strength: partial
#         rationale: Shows that changes of the branch are approved.
#       - control: iso27001/a.8.4
#         strength: supporting
#         rationale: Shows that writing to source code takes two people.
#       - control: iso27001/a.8.25
#         strength: supporting
#         rationale: Shows that review is part of development.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows that changes are reviewed during development.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Demand one approval or more in the rule for pull requests, and dismiss stale approvals.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.branch_review_required

import data.lib.branches

population contains branches.subject(b) if some b in branches.branches

violations contains branches.violation(b, message, path, "Demand one approval or more.") if {
	some b in branches.branches
	some [path, parameters] in branches.rules(b, "pull_request")
	needed := object.get(parameters, "required_approving_review_count", 0)
	not positive(needed)
	message := sprintf("%s takes changes that nobody approved.", [b.id])
}

violations contains branches.violation(b, message, path, "Dismiss stale approvals.") if {
	some b in branches.branches
	some [path, parameters] in branches.rules(b, "pull_request")
	object.get(parameters, "dismiss_stale_reviews_on_push", false) != true
	message := sprintf("%s keeps an approval when the change goes on after it.", [b.id])
}

violations contains branches.violation(b, message, [], "Demand pull requests with an approval.") if {
	some b in branches.branches
	branches.state(b, "pull_request") == "missing"
	message := sprintf("%s takes changes without a pull request.", [b.id])
}

unknowns contains branches.undecided(b, "demand pull requests") if {
	some b in branches.branches
	branches.state(b, "pull_request") == "elsewhere"
}

positive(n) if {
	is_number(n)
	n > 0
}
