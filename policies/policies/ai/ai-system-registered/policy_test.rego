package exhibit.policies.ai_system_registered_test

import data.exhibit.policies.ai_system_registered as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(fields) := object.union({"kind": "ai-system", "id": "a", "purpose": "b", "owner": "c", "risk_class": "high"}, fields)

test_registered if {
	every class in ["high", "limited", "minimal"] { messages(system({"risk_class": class})) == set() }
}

test_fields if {
	messages(system({"purpose": " "})) == {"AI system a states not its purpose."}
	messages(system({"owner": null})) == {"AI system a states not an owner."}
	messages(system({"id": "todo"})) == {"AI system (unnamed) states not a name."}
}

test_class if {
	every class in [null, "", "High", 7] { messages(system({"risk_class": class})) == {"AI system a has no risk class that is known."} }
	messages(system({"risk_class": "prohibited"})) == {"AI system a is of a prohibited practice."}
	count(messages({"kind": "ai-system"})) == 4
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
