# METADATA
# title: Agents ask a person before actions with lasting effects
# description: |
#   A list of an agent's actions (kind agent-actions) denies what it does not name. An action that cannot be undone,
#   reaches people or systems outside, moves money, changes access or decides about a person needs the approval of a
#   person in a named role. An action whose effects are not stated counts as one of them.
# custom:
#   exhibit:
#     id: agent-actions-approved
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/14
#         strength: partial
#         rationale: A person decides before an agent acts with lasting effects. That the person really looks is for people to judge.
#       - control: eu-ai-act/9
#         strength: supporting
#         rationale: Shows a measure against risks of an agent's actions.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Duties of an agent and of who approves are separated.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that what an agent may do is stated.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Write default: deny; give the action approval: human and approver_role, or effects: [read] where it only reads.\""
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.agent_actions_approved

import data.lib.ai
import data.lib.resources

lasting := {"irreversible", "external", "financial", "access", "personal", "write_production"}

harmless := {"read", "internal", "reversible"}

population contains ai.subject(a) if some a in ai.agents

violations contains ai.violation(a, message, ["default"], "Write default: deny.") if {
	some a in ai.agents
	ai.value(["default"]) != "deny"
	message := sprintf("Agent %s may do what is not listed.", [a.id])
}

violations contains ai.violation(a, message, ["actions"], "List the actions.") if {
	some a in ai.agents
	count(ai.items(["actions"])) == 0
	message := sprintf("Agent %s lists no actions.", [a.id])
}

violations contains ai.violation(a, message, array.concat(path, ["approval"]), "Write approval: human, and approver_role.") if {
	some a in ai.agents
	some [path, action] in ai.items(["actions"])
	why := reason(resources.list(object.get(action, "effects", null)))
	object.get(action, "approval", null) != "human"
	message := sprintf("Agent %s does %v without asking anyone: %s.", [a.id, object.get(action, "name", path[1]), why])
}

violations contains ai.violation(a, message, array.concat(path, ["approver_role"]), "Name the role that approves.") if {
	some a in ai.agents
	some [path, action] in ai.items(["actions"])
	object.get(action, "approval", null) == "human"
	not ai.written(object.get(action, "approver_role", null))
	message := sprintf("Nobody is named who approves %v of agent %s.", [object.get(action, "name", path[1]), a.id])
}

reason(effects) := "its effects are not stated" if {
	count(effects) == 0
} else := sprintf("it has lasting effects (%s)", [concat(", ", found)]) if {
	found := [effect | some effect in effects; effect in lasting]
	count(found) > 0
} else := sprintf("its effects are not known (%v)", [unknown[0]]) if {
	unknown := [effect | some effect in effects; not effect in harmless]
	count(unknown) > 0
}
