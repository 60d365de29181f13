# METADATA
# title: Images are built without secrets in them
# description: |
#   No ENV of a Dockerfile holds a secret, and no ARG takes one: both stay readable in the image or its history. A name such as
#   DB_PASSWORD or a value with the form of a credential makes a secret. The value is never repeated. Secrets come by RUN --mount=type=secret.
# custom:
#   exhibit:
#     id: dockerfile-no-secret
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials are kept where access to them is controlled, not in images that many can pull.
#       - control: iso27001/a.8.12
#         strength: supporting
#         rationale: Shows that credentials do not leave with an image.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that one rule of secure development, no secrets in code, is applied.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before an image exists.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Use RUN --mount=type=secret for what a build needs, and change the value that was written.\""
#     since: "2026-11-26"
#     inputs: [dockerfile]
package exhibit.policies.dockerfile_no_secret

import data.lib.dockerfiles

import data.lib.secrets

population contains dockerfiles.subject(stage) if some stage in dockerfiles.stages

violations contains dockerfiles.violation(dockerfiles.of(instruction), instruction, message, ["Value", pair.at], fix) if {
	some instruction in dockerfiles.of_kind("env")
	some pair in dockerfiles.pairs(instruction)
	why := secrets.reason(pair.name, unquoted(pair.value))
	message := sprintf("%s has a secret in ENV %s: %s.", [dockerfiles.of(instruction).id, pair.name, why])
}

violations contains dockerfiles.violation(dockerfiles.of(instruction), instruction, message, ["Value", i], fix) if {
	some instruction in dockerfiles.of_kind("arg")
	some i, word in instruction.values
	why := taken(word)
	message := sprintf("%s takes a secret by ARG %s: %s.", [dockerfiles.of(instruction).id, split(word, "=")[0], why])
}

fix := "Use RUN --mount=type=secret."

taken(word) := "the name says that it is one" if {
	secrets.secret_name(split(word, "=")[0])
} else := secrets.reason(split(word, "=")[0], unquoted(substring(word, indexof(word, "=") + 1, -1))) if contains(word, "=")

unquoted(text) := trim(text, "\"'")
