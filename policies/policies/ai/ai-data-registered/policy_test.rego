package exhibit.policies.ai_data_registered_test

import data.exhibit.policies.ai_data_registered as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(sets) := {"kind": "ai-system", "id": "a", "data_sets": sets}

one(fields) := [object.union({"id": "loans", "provenance": "own", "bias_review": {"file": "b.md", "reviewed_at": "2026-01-01"}}, fields)]

now := time.parse_rfc3339_ns("2026-11-25T12:00:00Z")

test_registered if messages(system(one({}))) == set() with time.now_ns as now

test_none if {
	every sets in [null, [], ["loans"]] { messages(system(sets)) == {"AI system a lists no data sets."} }
}

test_fields if {
	messages(system(one({"provenance": ""}))) == {"Data set loans of AI system a states not where it comes from."} with time.now_ns as now
	messages(system(one({"id": null}))) == {"Data set 0 of AI system a states not an id."} with time.now_ns as now
	messages(system(one({"bias_review": null}))) == {
		"Data set loans of AI system a states not a file of its examination for bias.",
		"The examination of data set loans of AI system a states no day of a review.",
	} with time.now_ns as now
}

test_day_to_come if {
	count(messages(system(one({"bias_review": {"reviewed_at": "2027-01-01"}})))) == 1 with time.now_ns as now
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "minimal"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
