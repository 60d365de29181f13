package exhibit.policies.ai_accuracy_declared_test

import data.exhibit.policies.ai_accuracy_declared as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(metrics) := {"kind": "ai-system", "id": "a", "data_sets": [{"id": "t"}], "accuracy": {"metrics": metrics}, "robustness": {"tests": ["r.md"]}}

one(fields) := [object.union({"name": "AUC", "value": 0.8, "data_set": "t"}, fields)]

test_declared if {
	every fields in [{}, {"threshold": 0.8}, {"threshold": 0.9, "better": "lower"}] { messages(system(one(fields))) == set() }
}

test_none if {
	every metrics in [null, [], ["AUC"]] { messages(system(metrics)) == {"AI system a declares no metrics of accuracy."} }
}

test_metric if {
	messages(system(one({"value": "good"}))) == {"Metric AUC of AI system a has no value."}
	messages(system(one({"name": ""}))) == {"Metric  of AI system a has no name."}
	messages(system(one({"data_set": "x"}))) == {"Metric AUC of AI system a was measured on x, which is not a registered data set."}
	messages(system(one({"threshold": 0.9}))) == {"Metric AUC of AI system a is 0.8, which misses its threshold of 0.9."}
	count(messages(system(one({"threshold": 0.7, "better": "lower"})))) == 1
}

test_robustness if {
	every tests in [null, [], [""]] {
		messages(object.union(system(one({})), {"robustness": {"tests": tests}})) == {"AI system a names no test of its robustness."}
	}
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
