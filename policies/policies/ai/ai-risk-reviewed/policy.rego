# METADATA
# title: Risks of AI systems are reviewed every year
# description: |
#   The registration of a high-risk AI system names its file of risks, with the day of the last review, which is at most
#   365 days ago. The file itself is not opened.
# custom:
#   exhibit:
#     id: ai-risk-reviewed
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/9
#         strength: partial
#         rationale: A system of risk management exists for each high-risk system and is reviewed at least once a year. What it says is for people to judge.
#       - control: soc2/cc3.2
#         strength: supporting
#         rationale: Shows that risks are analysed again at stated times.
#       - control: nis2/21.2.a
#         strength: supporting
#         rationale: Shows that an analysis of risks exists and is kept up.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: Review the risks, and write file and reviewed_at under risk_management.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_risk_reviewed

import data.lib.ai

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["risk_management", "file"], "Name the file under risk_management.file.") if {
	some s in ai.high_risk
	not ai.written(ai.value(["risk_management", "file"]))
	message := sprintf("AI system %s names no file of its risks.", [s.id])
}

violations contains ai.violation(s, message, ["risk_management", "reviewed_at"], "Review the risks, and write the day.") if {
	some s in ai.high_risk
	problem := ai.review_problem(ai.value(["risk_management", "reviewed_at"]), 365)
	message := sprintf("The risk file of AI system %s %s.", [s.id, problem])
}
