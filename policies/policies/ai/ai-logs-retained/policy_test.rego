package exhibit.policies.ai_logs_retained_test

import data.exhibit.policies.ai_logs_retained as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(days) := {"kind": "ai-system", "id": "a", "logging": {"retention_days": days}}

test_kept if {
	every days in [183, 3650] { messages(system(days)) == set() }
}

test_too_short if messages(system(182)) == {"AI system a keeps its logs for 182 days, which is less than 183."}

test_not_said if {
	every days in [null, "183", [], true] { messages(system(days)) == {"AI system a does not say for how many days its logs are kept."} }
	count(messages({"kind": "ai-system"})) == 1
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
