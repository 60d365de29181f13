# METADATA
# title: Logs of AI systems are kept for six months
# description: |
#   The registration of a high-risk AI system says that logs are kept for at least 183 days, the six months of Articles 19
#   and 26. Other law may ask for more.
# custom:
#   exhibit:
#     id: ai-logs-retained
#     severity: medium
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/19
#         strength: partial
#         rationale: The stated time for which logs are kept is at least six months.
#       - control: eu-ai-act/26
#         strength: supporting
#         rationale: Shows the same for a deployer who keeps them.
#       - control: iso27001/a.8.15
#         strength: supporting
#         rationale: Shows that logs are kept for a stated time.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Keep the logs for 183 days or more, and write logging.retention_days.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_logs_retained

import data.lib.ai

least := 183

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["logging", "retention_days"], "Keep logs for 183 days or more.") if {
	some s in ai.high_risk
	days := ai.value(["logging", "retention_days"])
	problem := problem_of(days)
	message := sprintf("AI system %s %s.", [s.id, problem])
}

problem_of(days) := "does not say for how many days its logs are kept" if {
	not is_number(days)
} else := sprintf("keeps its logs for %v days, which is less than %d", [days, least]) if {
	days < least
}
