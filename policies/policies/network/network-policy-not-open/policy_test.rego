package exhibit.policies.network_policy_not_open_test

import data.exhibit.policies.network_policy_not_open as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

policy_of(spec) := {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a", "namespace": "shop"}, "spec": spec}

test_closed if {
	messages(policy_of({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})) == set()
	messages(policy_of({"ingress": [], "egress": null})) == set()
	count(policy.population) == 1 with input as policy_of({})
}

test_named if {
	every peer in [{"podSelector": {}}, {"ipBlock": {"cidr": "10.0.0.0/8"}}, {"namespaceSelector": {"matchLabels": {"a": "b"}}}, {"namespaceSelector": {}, "podSelector": {"matchLabels": {"a": "b"}}}] {
		messages(policy_of({"ingress": [{"from": [peer]}]})) == set()
	}
	messages(policy_of({"ingress": [{"ports": [{"port": 443}]}], "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}]})) == set()
}

test_open if {
	messages(policy_of({"ingress": [{}]})) == {"NetworkPolicy/shop/a lets everything in on every port."}
	messages(policy_of({"egress": [{"to": [], "ports": null}]})) == {"NetworkPolicy/shop/a lets everything out on every port."}
	messages(policy_of({"ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]})) == {"NetworkPolicy/shop/a lets every address in on every port."}
	messages(policy_of({"egress": [{"to": [{"ipBlock": {"cidr": "::/0"}}]}]})) == {"NetworkPolicy/shop/a lets every address out on every port."}
	messages(policy_of({"ingress": [{"from": [{"podSelector": {}}, {"namespaceSelector": {}}]}]})) == {"NetworkPolicy/shop/a lets every namespace in on every port."}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
