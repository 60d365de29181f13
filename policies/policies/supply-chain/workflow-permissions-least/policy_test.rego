package exhibit.policies.workflow_permissions_least_test

import data.exhibit.policies.workflow_permissions_least as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

workflow(top, own) := object.union({"name": "ci", "on": "push", "jobs": {"build": own}}, top)

test_stated if {
	every value in [{}, {"contents": "read"}, "read-all"] {
		messages(workflow({"permissions": value}, {})) == set()
		messages(workflow({"permissions": "write-all"}, {"permissions": value})) == set()
	}
}

test_not_stated if {
	messages(workflow({}, {})) == {"ci/build does not say what its token may do."}
	messages(workflow({"permissions": null}, {"permissions": null})) == {"ci/build does not say what its token may do."}
}

test_everything if {
	messages(workflow({"permissions": "write-all"}, {})) == {"ci/build has a token that may change everything."}
	count(messages(workflow({"permissions": {}}, {"permissions": "write-all"}))) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
