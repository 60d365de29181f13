# METADATA
# title: People oversee AI systems and can stop them
# description: |
#   The registration of a high-risk AI system names the role that approves or overrules its output, and the procedure by
#   which it is stopped.
# custom:
#   exhibit:
#     id: ai-oversight-assigned
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/14
#         strength: partial
#         rationale: Who oversees the system and how it is stopped is written down. Whether these people can do it is for people to judge.
#       - control: eu-ai-act/26
#         strength: supporting
#         rationale: A deployer has assigned oversight.
#       - control: soc2/cc1.5
#         strength: supporting
#         rationale: Shows that somebody is accountable for what the system decides.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Write approver_role and stop_procedure under human_oversight.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_oversight_assigned

import data.lib.ai

needed := {"approver_role": "who approves or overrules its output", "stop_procedure": "how it is stopped"}

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["human_oversight", field], fix) if {
	some s in ai.high_risk
	some field, what in needed
	not ai.written(ai.value(["human_oversight", field]))
	message := sprintf("AI system %s does not say %s.", [s.id, what])
	fix := sprintf("Write human_oversight.%s.", [field])
}
