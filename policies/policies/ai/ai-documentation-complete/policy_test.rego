package exhibit.policies.ai_documentation_complete_test

import data.exhibit.policies.ai_documentation_complete as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

all_points := {point[0]: "docs.md" | some point in policy.points}

system(documentation) := {"kind": "ai-system", "id": "a", "technical_documentation": documentation}

test_nine_points if count(all_points) == 9

test_covered if messages(system(all_points)) == set()

test_missing if {
	messages(system(object.union(all_points, {"standards": "TBD"}))) == {"The technical documentation of AI system a has no place for point 7, standards applied of Annex IV."}
	every documentation in [null, {}, [], "docs.md"] { count(messages(system(documentation))) == 9 }
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
