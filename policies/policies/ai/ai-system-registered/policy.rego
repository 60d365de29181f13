# METADATA
# title: AI systems are registered with purpose, class and owner
# description: |
#   A registration (kind ai-system) names the system, what it is for, who answers for it and its risk class, which is none
#   of the prohibited ones. Without a class it is judged as high-risk by the other policies. What class a system has is a
#   legal question that no policy answers.
# custom:
#   exhibit:
#     id: ai-system-registered
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/11
#         strength: supporting
#         rationale: The intended purpose and the responsible person of each system are written down.
#       - control: eu-ai-act/17
#         strength: supporting
#         rationale: Shows that somebody is accountable for each system.
#       - control: eu-ai-act/9
#         strength: supporting
#         rationale: The purpose from which risks are found is stated.
#       - control: soc2/cc3.2
#         strength: supporting
#         rationale: Shows that systems whose risks are assessed are known.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: Write id, purpose, owner and risk_class (high, limited or minimal) into the registration. A prohibited system is not run.
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_system_registered

import data.lib.ai

needed := {"id": "a name", "purpose": "its purpose", "owner": "an owner"}

population contains ai.subject(s) if some s in ai.systems

violations contains ai.violation(s, message, [field], fix) if {
	some s in ai.systems
	some field, what in needed
	not ai.written(ai.value([field]))
	message := sprintf("AI system %s states not %s.", [s.id, what])
	fix := sprintf("Write %s.", [field])
}

violations contains ai.violation(s, message, ["risk_class"], "Write risk_class: high, limited or minimal.") if {
	some s in ai.systems
	not ai.value(["risk_class"]) in ai.classes
	message := sprintf("AI system %s has no risk class that is known.", [s.id])
}

violations contains ai.violation(s, message, ["risk_class"], "Take it out of use.") if {
	some s in ai.systems
	s.class == "prohibited"
	message := sprintf("AI system %s is of a prohibited practice.", [s.id])
}
