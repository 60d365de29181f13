# METADATA
# title: A refund by an agent waits for a person
# description: An agent looks up orders by itself. Money goes back only when a person approved this very refund, and never more than 500.
# custom:
#   exhibit:
#     id: agent-refund
#     severity: high
#     owner: shop
#     controls:
#       - {control: eu-ai-act/14, strength: partial, rationale: A person decides before money moves.}
#     layers: {ci: enforce, runtime: enforce}
#     cadence: change
#     remediation: Have the refund approved, or leave it to a person.
#     since: "2026-11-26"
#     inputs: [json]
package exhibit.policies.agent_refund

population contains {"id": input.action.tool, "type": "action", "name": input.action.tool} if {
	input.action.tool in {"order", "refund"}
}

# With this in its details a person may lift the violation.
violations contains {
	"subject": "refund",
	"message": "a refund wants a person",
	"details": {"approval": true},
} if {
	input.action.tool == "refund"
}

violations contains {"subject": "refund", "message": "more than 500 is for no agent"} if {
	input.action.tool == "refund"
	not input.action.arguments.amount <= 500
}
