package exhibit.policies.secret_not_in_manifest_test

import data.exhibit.policies.secret_not_in_manifest as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

secret(fields) := object.union({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}, fields)

test_without_values if {
	every fields in [{}, {"data": null}, {"data": {}}, {"data": {"a": ""}}, {"stringData": {"a": null}}] {
		messages(secret(fields)) == set()
		count(policy.population) == 1 with input as secret(fields)
	}
}

test_with_values if {
	messages(secret({"data": {"b": "eA==", "a": "eQ=="}})) == {"Secret/a has values in a file: a, b."}
	count(messages(secret({"data": {"b": "eA=="}, "stringData": {"a": "y"}}))) == 2
}

test_tokens_are_left_out if policy.population == set() with input as secret({"type": "kubernetes.io/service-account-token", "data": {"a": "eA=="}})

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
