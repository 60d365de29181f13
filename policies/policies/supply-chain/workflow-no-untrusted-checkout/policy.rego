# METADATA
# title: Workflows with secrets do not run a stranger's code
# description: |
#   A GitHub workflow that starts on pull_request_target or workflow_run has the repository's secrets and a token that
#   writes. It does not check out the code of the pull request, neither itself nor by an action or workflow of the same repository.
# custom:
#   exhibit:
#     id: workflow-no-untrusted-checkout
#     severity: critical
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials of a pipeline cannot be taken by opening a pull request.
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Code from outside does not run with the rights of the repository.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that a known hole of pipelines is closed.
#       - control: iso27001/a.8.4
#         strength: supporting
#         rationale: Shows that nobody outside can write to source code.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows that pipelines are secured against outside code.
#       - control: nis2/21.2.d
#         strength: supporting
#         rationale: Shows that contributions from outside are kept from credentials.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Use pull_request for what runs the code of a pull request, and pass only data, never code, to the workflow with secrets.
#     since: "2026-11-25"
#     inputs: [github-workflow]
package exhibit.policies.workflow_no_untrusted_checkout

import data.lib.pipelines

risky := {"pull_request_target", "workflow_run"}

# Ways to name the code of a pull request.
foreign := `github\.event\.pull_request\.(head|merge_commit_sha)|github\.event\.workflow_run\.(head_|pull_requests)|github\.head_ref|refs/pull/|github\.event\.number`

population contains pipelines.subject(job) if some job in judged

violations contains pipelines.violation(job, message, array.concat(path, ["with", key]), "Leave it out, or use the event pull_request.") if {
	some job in judged
	some [path, step] in pipelines.all_steps(job)
	is_string(step.uses)
	regex.match(`(?i)^actions/checkout(@|$)`, step.uses)
	some key in ["ref", "repository"]
	regex.match(foreign, step["with"][key])
	message := sprintf("%s checks out the code of a pull request, with the secrets of the repository.", [job.id])
}

violations contains pipelines.violation(job, message, array.concat(path, ["run"]), "Leave it out, or use the event pull_request.") if {
	some job in judged
	some [path, step] in pipelines.all_steps(job)
	is_string(step.run)
	regex.match(`gh pr checkout|git (fetch|pull|clone)[^\n]*(refs/)?pull/|git (fetch|pull|checkout|clone)[^\n]*(head_ref|HEAD_REF|pull_request\.head)`, step.run)
	message := sprintf("%s fetches the code of a pull request, with the secrets of the repository.", [job.id])
}

# The code is named here, and checked out by an action or workflow of this repository.
violations contains pipelines.violation(job, message, array.concat(path, ["with", key]), "Leave it out, or use the event pull_request.") if {
	some job in judged
	some given in pipelines.passed(job)
	regex.match(foreign, given.value)
	some [path, step] in given.steps
	is_string(step.uses)
	regex.match(`(?i)^actions/checkout(@|$)`, step.uses)
	some key in ["ref", "repository"]
	pipelines.takes(step["with"][key], given.name)
	message := sprintf("%s has %s check out the code of a pull request, with the secrets of the repository.", [job.id, given.by])
}

unknowns contains {"subject": job.id, "message": message, "path": path} if {
	some job in judged
	some [path, name] in pipelines.unseen(job)
	message := sprintf("%s uses %s, which was not found: whether it checks out the code of a pull request is not known.", [job.id, name])
}

judged := [job |
	count(risky & pipelines.events) > 0
	some job in pipelines.workflow_jobs
]
