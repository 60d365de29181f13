package exhibit.policies.agent_actions_approved_test

import data.exhibit.policies.agent_actions_approved as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

actions(list) := {"kind": "agent-actions", "agent": "desk", "default": "deny", "actions": list}

one(fields) := actions([object.union({"name": "x"}, fields)])

test_asked if {
	messages(one({"effects": ["external", "irreversible"], "approval": "human", "approver_role": "lead"})) == set()
	messages(one({"effects": ["read"]})) == set()
	messages(one({"effects": "reversible", "approval": "none"})) == set()
}

test_not_asked if {
	messages(one({"effects": ["read", "financial", "external"], "approval": "none"})) == {"Agent desk does x without asking anyone: it has lasting effects (financial, external)."}
	every effects in [null, []] { messages(one({"effects": effects})) == {"Agent desk does x without asking anyone: its effects are not stated."} }
	messages(one({"effects": ["magic"], "approval": "agent"})) == {"Agent desk does x without asking anyone: its effects are not known (magic)."}
}

test_nobody_named if {
	messages(one({"effects": ["external"], "approval": "human"})) == {"Nobody is named who approves x of agent desk."}
}

test_default if {
	every value in ["allow", null, ""] { messages(object.union(one({"effects": ["read"]}), {"default": value})) == {"Agent desk may do what is not listed."} }
}

test_no_actions if messages(actions([])) == {"Agent desk lists no actions."}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
