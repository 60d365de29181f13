package exhibit.policies.workload_labelled_test

import data.exhibit.policies.workload_labelled as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(metadata) := {"apiVersion": "v1", "kind": "Pod", "metadata": object.union({"name": "a"}, metadata), "spec": {}}

test_labelled if {
	messages(pod({"labels": {"owner": "team-a", "environment": "test"}})) == set()
	messages(pod({"labels": {"Team": "a", "env": "test"}})) == set()
}

test_not_labelled if {
	every metadata in [{}, {"labels": null}, {"labels": {"owner": "", "environment": ""}}] {
		messages(pod(metadata)) == {"Pod/a names no owner.", "Pod/a names no environment."}
	}
	messages(pod({"labels": {"owner": "a"}})) == {"Pod/a names no environment."}
}

test_made_by_another_is_left_out if policy.population == set() with input as pod({"ownerReferences": [{"kind": "ReplicaSet"}]})

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
