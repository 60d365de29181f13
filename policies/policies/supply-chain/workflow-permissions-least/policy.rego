# METADATA
# title: Workflows say what their token may do
# description: |
#   Every job of a GitHub workflow states permissions, its own or the workflow's, and not write-all. Otherwise its token
#   may do whatever the repository's settings give, which is often everything.
# custom:
#   exhibit:
#     id: workflow-permissions-least
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Shows least privilege for the identity of pipelines.
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: What a pipeline may change is written down and reviewed.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Shows that rights of pipelines are limited to what is stated.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that access is given where it is needed.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that pipelines cannot change more than they have to.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Write permissions: {contents: read} at the top, and add rights to the job that needs them.\""
#     since: "2026-11-25"
#     inputs: [github-workflow]
package exhibit.policies.workflow_permissions_least

import data.lib.pipelines

population contains pipelines.subject(job) if some job in pipelines.workflow_jobs

violations contains pipelines.violation(job, message, path, "State permissions, such as {contents: read}.") if {
	some job in pipelines.workflow_jobs
	found := permissions(job)
	path := found.path
	problem := problem_of(found.value)
	message := sprintf("%s %s.", [job.id, problem])
}

permissions(job) := {"path": array.concat(job.path, ["permissions"]), "value": value} if {
	value := job.values.permissions
	value != null
} else := {"path": ["permissions"], "value": value} if {
	value := input.permissions
	value != null
} else := {"path": job.path, "value": null}

problem_of(value) := "does not say what its token may do" if {
	value == null
} else := "has a token that may change everything" if {
	value == "write-all"
}
