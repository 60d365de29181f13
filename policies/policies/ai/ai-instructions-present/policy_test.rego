package exhibit.policies.ai_instructions_present_test

import data.exhibit.policies.ai_instructions_present as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(file, covers) := {"kind": "ai-system", "id": "a", "instructions_for_use": {"file": file, "covers": covers}}

test_present if messages(system("i.md", policy.points)) == set()

test_file if {
	every file in [null, "", "TBD"] { messages(system(file, policy.points)) == {"AI system a names no instructions for use."} }
}

test_points if {
	messages(system("i.md", ["provider", "characteristics", "changes", "human_oversight"])) == {"The instructions for use of AI system a do not cover: resources, logs."}
	count(messages({"kind": "ai-system"})) == 2
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
