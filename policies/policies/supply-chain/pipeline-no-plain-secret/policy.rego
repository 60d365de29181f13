# METADATA
# title: Secrets are not written into pipelines
# description: |
#   No variable of a GitHub workflow or a GitLab pipeline has a secret as a literal value. It counts as one by its name or
#   its form, as in no-secret-in-env. The value itself is never repeated in a message.
# custom:
#   exhibit:
#     id: pipeline-no-plain-secret
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials are kept where access to them is controlled, not in a repository with its history.
#       - control: iso27001/a.8.28
#         strength: partial
#         rationale: Shows that one rule of secure development, no secrets in code, is applied to pipelines.
#       - control: iso27001/a.8.4
#         strength: supporting
#         rationale: Shows that whoever reads source code gets no credentials with it.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before a change is made.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Keep it among the secrets of the repository or the masked variables of the project, refer to it, and change the value that was written.\""
#     since: "2026-11-25"
#     inputs: [github-workflow, gitlab-ci]
package exhibit.policies.pipeline_no_plain_secret

import data.lib.pipelines
import data.lib.secrets

population contains pipelines.subject(one) if some one in documents

violations contains pipelines.violation(one, message, path, "Refer to a secret of the repository or project, and change the value.") if {
	some one in documents
	some [path, name, value] in variables
	why := secrets.reason(name, value)
	not reference(value)
	message := sprintf("%s has a secret in variable %s: %s.", [one.id, name, why])
}

documents := array.concat(pipelines.workflows, pipelines.gitlab)

# GitLab puts in a variable by its name alone.
reference(value) if regex.match(`^\$[A-Za-z_][A-Za-z0-9_]*$`, value)

# [path, name, value] of every variable that has a text, also one with a description beside its value.
variables := [[array.concat(path, [name]), name, value] |
	some path in places
	some name, written in object.get(input, path, null)
	value := text(written)
]

text(written) := written if is_string(written)

text(written) := written.value if is_string(written.value)

places := array.concat(
	[path | count(pipelines.workflows) > 0; some path in workflow_places],
	[path |
		count(pipelines.gitlab) > 0
		some path in array.concat([["variables"]], [[job.name, "variables"] | some job in pipelines.gitlab_jobs])
	],
)

workflow_places := array.concat([["env"]], [path |
	some job in pipelines.workflow_jobs
	some path in array.concat(
		[array.concat(job.path, ["env"]), array.concat(job.path, ["container", "env"])],
		[array.concat(at, ["env"]) | some [at, _] in pipelines.steps(job)],
	)
])
