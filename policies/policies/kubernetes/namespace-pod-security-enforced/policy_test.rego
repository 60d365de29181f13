package exhibit.policies.namespace_pod_security_enforced_test

import data.exhibit.policies.namespace_pod_security_enforced as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

namespace(labels) := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}

test_enforced if {
	every level in ["baseline", "restricted"] { messages(namespace({"pod-security.kubernetes.io/enforce": level})) == set() }
}

test_not_enforced if {
	every labels in [null, {}, {"pod-security.kubernetes.io/warn": "restricted"}] {
		messages(namespace(labels)) == {"Namespace/shop enforces no Pod Security Standard."}
	}
	messages(namespace({"pod-security.kubernetes.io/enforce": "privileged"})) == {"Namespace/shop enforces no Pod Security Standard, but the level privileged."}
}

test_namespaces_of_kubernetes_are_left_out if {
	policy.population == set() with input as {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
