package exhibit.policies.ai_oversight_assigned_test

import data.exhibit.policies.ai_oversight_assigned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(oversight) := {"kind": "ai-system", "id": "a", "human_oversight": oversight}

test_assigned if messages(system({"approver_role": "clerk", "stop_procedure": "stop.md"})) == set()

test_not_assigned if {
	messages(system({"approver_role": "clerk", "stop_procedure": "n/a"})) == {"AI system a does not say how it is stopped."}
	every oversight in [null, {}, "clerk"] { count(messages(system(oversight))) == 2 }
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
