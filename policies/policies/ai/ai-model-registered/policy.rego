# METADATA
# title: Models of AI systems are fixed by digest
# description: |
#   The registration of a high-risk AI system names the registry, the version and the SHA-256 or SHA-512 of the model that
#   is in use, so that what was tested is what runs.
# custom:
#   exhibit:
#     id: ai-model-registered
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/11
#         strength: supporting
#         rationale: The version that the documentation speaks of can be told.
#       - control: eu-ai-act/12
#         strength: supporting
#         rationale: Events can be traced to the model that made them.
#       - control: eu-ai-act/15
#         strength: partial
#         rationale: A model that was replaced can be found by its digest.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: A new model is a change of reviewed text.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows that a change of the model is a change of reviewed text.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Write model: {registry, version, digest: sha256:...}.\""
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_model_registered

import data.lib.ai

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["model", field], fix) if {
	some s in ai.high_risk
	some field in ["registry", "version"]
	not ai.written(ai.value(["model", field]))
	message := sprintf("AI system %s does not say the %s of its model.", [s.id, field])
	fix := sprintf("Write model.%s.", [field])
}

violations contains ai.violation(s, message, ["model", "version"], "Write the version itself.") if {
	some s in ai.high_risk
	version := ai.value(["model", "version"])
	lower(version) in {"latest", "current", "production", "champion"}
	message := sprintf("AI system %s names its model by %s, which can be another one tomorrow.", [s.id, version])
}

violations contains ai.violation(s, message, ["model", "digest"], "Write the digest as sha256:<64 digits>.") if {
	some s in ai.high_risk
	not fixed(ai.value(["model", "digest"]))
	message := sprintf("The model of AI system %s is not fixed by a SHA-256 or SHA-512.", [s.id])
}

fixed(digest) if regex.match(`^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$`, digest)
