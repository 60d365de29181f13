# METADATA
# title: AI systems come with instructions for use
# description: |
#   The registration of a high-risk AI system names its instructions for use and which of the points of Article 13(3) they
#   cover - provider, characteristics, changes, human_oversight, resources, logs. The file is not opened.
# custom:
#   exhibit:
#     id: ai-instructions-present
#     severity: medium
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/13
#         strength: partial
#         rationale: Instructions exist and cover the points that are asked for. Whether they are understood is for people to judge.
#       - control: eu-ai-act/26
#         strength: supporting
#         rationale: A deployer has instructions to use the system by.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Write the instructions, and name the file and what it covers under instructions_for_use.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_instructions_present

import data.lib.ai
import data.lib.resources

points := ["provider", "characteristics", "changes", "human_oversight", "resources", "logs"]

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["instructions_for_use", "file"], "Name the file under instructions_for_use.file.") if {
	some s in ai.high_risk
	not ai.written(ai.value(["instructions_for_use", "file"]))
	message := sprintf("AI system %s names no instructions for use.", [s.id])
}

violations contains ai.violation(s, message, ["instructions_for_use", "covers"], "Write it into the instructions, and list it.") if {
	some s in ai.high_risk
	covered := resources.list(ai.value(["instructions_for_use", "covers"]))
	missing := [point | some point in points; not point in covered]
	count(missing) > 0
	message := sprintf("The instructions for use of AI system %s do not cover: %s.", [s.id, concat(", ", missing)])
}
