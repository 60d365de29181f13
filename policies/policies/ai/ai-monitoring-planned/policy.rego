# METADATA
# title: AI systems are watched after they are on the market
# description: |
#   The registration of a high-risk AI system names its plan for monitoring after the market, reviewed at most 365 days
#   ago. The plan itself is not opened.
# custom:
#   exhibit:
#     id: ai-monitoring-planned
#     severity: medium
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/72
#         strength: partial
#         rationale: A plan for monitoring exists and is reviewed at least once a year. What it says is for people to judge.
#       - control: eu-ai-act/9
#         strength: supporting
#         rationale: What is learnt from use comes back into the management of risks.
#       - control: soc2/cc7.2
#         strength: supporting
#         rationale: Shows that the system is watched in use.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Review the plan, and write plan and reviewed_at under post_market_monitoring.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_monitoring_planned

import data.lib.ai

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["post_market_monitoring", "plan"], "Name the plan under post_market_monitoring.plan.") if {
	some s in ai.high_risk
	not ai.written(ai.value(["post_market_monitoring", "plan"]))
	message := sprintf("AI system %s names no plan for monitoring after the market.", [s.id])
}

violations contains ai.violation(s, message, ["post_market_monitoring", "reviewed_at"], "Review the plan, and write the day.") if {
	some s in ai.high_risk
	problem := ai.review_problem(ai.value(["post_market_monitoring", "reviewed_at"]), 365)
	message := sprintf("The plan for monitoring AI system %s %s.", [s.id, problem])
}
