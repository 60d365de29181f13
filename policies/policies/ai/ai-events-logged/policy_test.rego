package exhibit.policies.ai_events_logged_test

import data.exhibit.policies.ai_events_logged as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(logging) := {"kind": "ai-system", "id": "a", "logging": logging}

test_logged if messages(system({"enabled": true, "events": ["output"]})) == set()

test_not_logged if {
	every logging in [null, {}, {"enabled": false}, {"enabled": null, "events": ["a"]}] { messages(system(logging)) == {"AI system a does not log its events."} }
}

test_which if {
	every events in [null, [], [""], [7]] { messages(system({"enabled": true, "events": events})) == {"AI system a does not say which events it logs."} }
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
