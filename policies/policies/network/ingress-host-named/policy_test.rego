package exhibit.policies.ingress_host_named_test

import data.exhibit.policies.ingress_host_named as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

ingress(spec) := {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "a"}, "spec": spec}

test_named if {
	messages(ingress({"rules": [{"host": "shop.example.com"}, {"host": "api.example.com"}]})) == set()
	messages(ingress({"rules": null, "defaultBackend": null})) == set()
}

test_not_named if {
	every rule in [{}, {"host": null}, {"host": ""}, {"host": "*"}] { messages(ingress({"rules": [rule]})) == {"Ingress/a answers to every name."} }
	messages(ingress({"rules": [{"host": "*.example.com"}]})) == {"Ingress/a answers to every name in *.example.com."}
}

test_default if {
	every key in ["defaultBackend", "backend"] { messages(ingress({key: {"service": {"name": "x"}}})) == {"Ingress/a answers to every name that no rule has."} }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
