package exhibit.policies.default_namespace_unused_test

import data.exhibit.policies.default_namespace_unused as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(namespace) := object.union(testing.pod([], {}), {"metadata": {"namespace": namespace}})

test_own if messages(pod("shop")) == set()

test_shared if {
	messages(pod("default")) == {"Pod/default/web is in the namespace default."}
	count(messages(pod("kube-system"))) == 1
}

test_not_stated_is_left_out if policy.population == set() with input as {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}

test_request_states_it if {
	request := object.union(testing.review({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}), {"request": {"namespace": "default"}})
	count(messages(request)) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
