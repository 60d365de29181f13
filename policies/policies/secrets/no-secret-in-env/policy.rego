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
#     inputs: [terraform-plan, cloudformation, kubernetes]
package exhibit.policies.no_secret_in_env

import data.lib.resources
import data.lib.resources.documents
import data.lib.secrets

types := {"container", "function", "task_definition"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, variable.at, fixes[r.type]) if {
	some r in judged
	some variable in variables(r)
	why := secrets.reason(variable.name, variable.value)
	message := sprintf("%s has a secret in environment variable %s: %s.", [r.id, variable.name, why])
}

unknowns contains resources.undecided(r, message, ["container_definitions"]) if {
	some r in judged
	r.type == "task_definition"
	resources.attribute(r, ["container_definitions"]).state == "unknown"
	message := sprintf("The containers of %s are known only after apply.", [r.id])
}

# A function of a template may give all of them.
unknowns contains resources.undecided(r, message, at) if {
	some r in judged
	r.provider == "cloudformation"
	some at in [["Environment"], ["Environment", "Variables"], ["ContainerDefinitions"]]
	resources.is_unknown(r, at)
	message := sprintf("The environment variables of %s are decided outside of what was read.", [r.id])
}

unknowns contains resources.undecided(r, message, array.concat(["ContainerDefinitions", i], at)) if {
	some r in judged
	r.native_type == "AWS::ECS::TaskDefinition"
	some i, _ in resources.list(object.get(r.values, "ContainerDefinitions", null))
	some at in [[], ["Environment"]]
	resources.is_unknown(r, array.concat(["ContainerDefinitions", i], at))
	message := sprintf("The environment variables of %s are decided outside of what was read.", [r.id])
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
	r.provider != "cloudformation"
}

variables(r) := [{"name": name, "value": value, "at": ["Environment", "Variables", name]} |
	some name, value in object.get(r.values, ["Environment", "Variables"], {})
	is_string(value)
] if {
	r.type == "function"
	r.provider == "cloudformation"
}

variables(r) := [{"name": variable.Name, "value": variable.Value, "at": ["ContainerDefinitions", i, "Environment", j, "Value"]} |
	some i, definition in resources.list(object.get(r.values, "ContainerDefinitions", null))
	some j, variable in resources.list(object.get(definition, "Environment", null))
	is_string(variable.Name)
	is_string(variable.Value)
] if {
	r.native_type == "AWS::ECS::TaskDefinition"
}

variables(r) := [{"name": variable.name, "value": variable.value, "at": ["container_definitions"]} |
	some definition in resources.list(documents.parsed(object.get(r.values, "container_definitions", null)))
	some variable in resources.list(object.get(definition, "environment", []))
	is_string(variable.name)
	is_string(variable.value)
] if {
	r.type == "task_definition"
	r.provider != "cloudformation"
}
