# METADATA
# title: Secret variables of GitLab projects are protected
# description: |
#   A CI variable that holds a secret, by its name, its form or because it is masked already, is masked in logs and given
#   to protected branches only. Judged on what GitLab's API lists. Values are left out of what is stored and never
#   repeated.
# custom:
#   exhibit:
#     id: gitlab-variables-protected
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials of pipelines are given only to branches that are reviewed, and do not show in logs.
#       - control: iso27001/a.8.3
#         strength: supporting
#         rationale: Shows that access to credentials is limited to protected branches.
#       - control: iso27001/a.8.12
#         strength: supporting
#         rationale: Shows that credentials do not leak into logs of pipelines.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that credentials of pipelines are protected.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Set protected and masked of the variable; change a value that cannot be masked.
#     since: "2026-11-25"
#     inputs: [json]
#     redact: ["$[*].value"]
package exhibit.policies.gitlab_variables_protected

import data.lib.secrets

population contains subject(one) if some one in judged

violations contains {"subject": one.id, "message": message, "path": [one.at], "fix": "Set protected to true."} if {
	some one in judged
	one.variable.protected != true
	message := sprintf("Variable %s is given to every branch.", [one.id])
}

violations contains {"subject": one.id, "message": message, "path": [one.at], "fix": "Set masked to true."} if {
	some one in judged
	one.variable.masked != true
	message := sprintf("Variable %s shows in the logs of jobs.", [one.id])
}

subject(one) := {"id": one.id, "type": "ci_variable", "name": one.variable.key}

judged := [{"id": identity(variable), "at": i, "variable": variable} |
	is_array(input)
	some i, variable in input
	variable.variable_type in {"env_var", "file"}
	is_boolean(variable.protected)
	is_boolean(variable.masked)
	is_string(variable.key)
	secret(variable)
]

# Two variables may have one key, in different environments.
identity(variable) := variable.key if {
	object.get(variable, "environment_scope", "*") == "*"
} else := sprintf("%s (%v)", [variable.key, variable.environment_scope])

secret(variable) if variable.masked

secret(variable) if secrets.secret_name(variable.key)

secret(variable) if secrets.reason(variable.key, object.get(variable, "value", ""))
