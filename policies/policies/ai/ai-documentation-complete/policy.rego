# METADATA
# title: Technical documentation covers Annex IV
# description: |
#   The registration of a high-risk AI system says for each of the nine points of Annex IV where the technical
#   documentation has it. A standard or a change that there is none of is written as a text that says so. What the places
#   hold is not read.
# custom:
#   exhibit:
#     id: ai-documentation-complete
#     severity: medium
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/11
#         strength: partial
#         rationale: Each point that Annex IV asks for has a stated place. Whether it says enough is for people to judge.
#       - control: eu-ai-act/18
#         strength: supporting
#         rationale: It is known which documents are to be kept.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Write a place for each point under technical_documentation.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_documentation_complete

import data.lib.ai

# The points of Annex IV, by the names of the registration.
points := [
	["general_description", "1, general description"],
	["development", "2, elements and development"],
	["monitoring_and_control", "3, monitoring, functioning and control"],
	["performance_metrics", "4, fitness of the performance metrics"],
	["risk_management", "5, risk management"],
	["changes", "6, changes over its life"],
	["standards", "7, standards applied"],
	["declaration_of_conformity", "8, declaration of conformity"],
	["post_market_monitoring", "9, monitoring after the market"],
]

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["technical_documentation", point[0]], fix) if {
	some s in ai.high_risk
	some point in points
	not ai.written(ai.value(["technical_documentation", point[0]]))
	message := sprintf("The technical documentation of AI system %s has no place for point %s of Annex IV.", [s.id, point[1]])
	fix := sprintf("Write technical_documentation.%s.", [point[0]])
}
