# METADATA
# title: Workflows name actions by commit
# description: |
#   Every action and reusable workflow that a GitHub workflow or a composite action uses is named by the full hash of a
#   commit, every image by digest. A tag or a branch can be moved to other code overnight. What lies in the same
#   repository is taken.
# custom:
#   exhibit:
#     id: workflow-actions-pinned
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Code from outside runs in pipelines only in the version that was looked at.
#       - control: soc2/cc9.2
#         strength: supporting
#         rationale: Shows that code of suppliers is fixed to a version.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software in pipelines has a stated version.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that outside code is taken in on purpose.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that code of suppliers cannot change unseen in pipelines.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Write the commit and keep the version beside it: uses: actions/checkout@<40 digits> # v5\""
#     since: "2026-11-25"
#     inputs: [github-workflow]
package exhibit.policies.workflow_actions_pinned

import data.lib.pipelines

population contains pipelines.subject(unit) if some unit in pipelines.units

violations contains pipelines.violation(unit, message, path, "Name the full hash of a commit.") if {
	some unit in pipelines.units
	some [path, name] in used(unit)
	not pinned(name)
	message := sprintf("%s uses %s, which can be other code tomorrow.", [unit.id, name])
}

used(unit) := array.concat(
	[[array.concat(path, ["uses"]), step.uses] |
		some [path, step] in pipelines.steps(unit)
		is_string(step.uses)
	],
	[[array.concat(unit.path, ["uses"]), unit.values.uses] | is_string(unit.values.uses)],
)

pinned(name) if startswith(name, "./")

pinned(name) if regex.match(`^[^@\s]+@([0-9a-f]{40}|[0-9a-f]{64})$`, name)

pinned(name) if regex.match(`^docker://[^@\s]+@sha256:[0-9a-f]{64}$`, name)
