# METADATA
# title: AI systems record their events
# description: |
#   The registration of a high-risk AI system says that events are logged, and which. That an endpoint really does so is
#   shown by ai-endpoint-logged and at run time.
# custom:
#   exhibit:
#     id: ai-events-logged
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/12
#         strength: partial
#         rationale: Logging of events is switched on and what is logged is stated.
#       - control: eu-ai-act/26
#         strength: supporting
#         rationale: A deployer can monitor the system by its logs.
#       - control: soc2/cc7.2
#         strength: supporting
#         rationale: Shows that events of the system are recorded.
#       - control: iso27001/a.8.15
#         strength: supporting
#         rationale: Shows that events of the system are recorded.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Switch logging on, and write logging: {enabled: true, events: [...]}.\""
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_events_logged

import data.lib.ai
import data.lib.resources

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["logging", "enabled"], "Switch logging on.") if {
	some s in ai.high_risk
	not resources.is_true(ai.value(["logging", "enabled"]))
	message := sprintf("AI system %s does not log its events.", [s.id])
}

violations contains ai.violation(s, message, ["logging", "events"], "List the events.") if {
	some s in ai.high_risk
	resources.is_true(ai.value(["logging", "enabled"]))
	count([1 | some event in resources.list(ai.value(["logging", "events"])); ai.written(event)]) == 0
	message := sprintf("AI system %s does not say which events it logs.", [s.id])
}
