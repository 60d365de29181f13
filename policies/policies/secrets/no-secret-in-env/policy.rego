# METADATA
# title: Secrets are not written into environment variables
# description: |
#   No container, Lambda function or ECS task has a secret as a literal value of an environment variable. A variable
#   counts as a secret by its name (DB_PASSWORD, API_KEY, ...) or by a value with the form of a known credential.
#   The value itself is never repeated in a message.
# custom:
#   exhibit:
#     id: no-secret-in-env
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials are kept where access to them is controlled, not in manifests that many can read.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that secrets stay out of configuration files.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that one rule of secure development, no secrets in code, is applied.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before a change is made.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: >-
#       Refer to a Secret (valueFrom.secretKeyRef), or to a parameter of a secret store, and change the value that was written.
#     since: "2026-11-01"
#     inputs: [terraform-plan, kubernetes]
package exhibit.policies.no_secret_in_env

import data.lib.resources
import data.lib.resources.documents

types := {"container", "function", "task_definition"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, variable.at, fixes[r.type]) if {
	some r in judged
	some variable in variables(r)
	why := reason(variable.name, variable.value)
	message := sprintf("%s has a secret in environment variable %s: %s.", [r.id, variable.name, why])
}

unknowns contains resources.undecided(r, message, ["container_definitions"]) if {
	some r in judged
	r.type == "task_definition"
	resources.attribute(r, ["container_definitions"]).state == "unknown"
	message := sprintf("The containers of %s are known only after apply.", [r.id])
}

judged := [r | some r in resources.resources; r.type in types]

fixes := {
	"container": "Refer to a Secret with valueFrom.secretKeyRef.",
	"function": "Let the function read the secret from a secret store, and pass only its name.",
	"task_definition": "Use secrets with valueFrom instead of environment.",
}

variables(r) := [{"name": variable.name, "value": variable.value, "at": ["env", i, "value"]} |
	some i, variable in resources.list(object.get(r.values, "env", []))
	is_string(variable.name)
	is_string(variable.value)
] if {
	r.type == "container"
}

variables(r) := [{"name": name, "value": value, "at": ["environment", i, "variables", name]} |
	some i, block in resources.list(object.get(r.values, "environment", []))
	some name, value in object.get(block, "variables", {})
	is_string(value)
] if {
	r.type == "function"
}

variables(r) := [{"name": variable.name, "value": variable.value, "at": ["container_definitions"]} |
	some definition in resources.list(documents.parsed(object.get(r.values, "container_definitions", null)))
	some variable in resources.list(object.get(definition, "environment", []))
	is_string(variable.name)
	is_string(variable.value)
] if {
	r.type == "task_definition"
}

reason(name, value) := "the value has the form of a credential" if {
	some pattern in credentials
	regex.match(pattern, value)
} else := "the name says that it is one" if {
	secret_name(name)
	literal(value)
}

# The last word of the name decides: DB_PASSWORD is one, DB_PASSWORD_FILE and SECRET_NAME are not.
secret_name(name) if {
	regex.match(`(^|[_.-])(password|passwd|passphrase|secret|token|api_?key|access_?key|secret_?key|private_?key|encryption_?key|credentials?)$`, lower(name))
}

secret_name(name) if regex.match(`[a-z](Password|Passphrase|Secret|Token|ApiKey|AccessKey|SecretKey|PrivateKey|Credentials?)$`, name)

# Empty values, switches, numbers, references to other variables and names of parameters hold no secret.
literal(value) if {
	trim_space(value) != ""
	not regex.match(`^(?i:true|false|yes|no|on|off|none|null|[0-9.]+)$`, value)
	not regex.match(`^(\$\(.*\)|\$\{.*\}|\{\{.*\}\})$`, value)
	not regex.match(`^(arn:|/run/secrets/|/var/run/secrets/|file:|vault:|ssm:|secretsmanager:)`, value)
}

credentials := [
	`(^|[^A-Z0-9])(AKIA|ASIA)[A-Z2-7]{16}([^A-Z0-9]|$)`,
	`-----BEGIN ([A-Z]+ )*PRIVATE KEY-----`,
	`(^|[^A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,}`,
	`(^|[^A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,}`,
	`(^|[^A-Za-z0-9])xox[abeprs]-[A-Za-z0-9-]{10,}`,
	`(^|[^A-Za-z0-9])sk_live_[A-Za-z0-9]{16,}`,
	`^[a-z][a-z0-9+.-]*://[^/:@\s$]*:[^/@\s${]+@`,
]
