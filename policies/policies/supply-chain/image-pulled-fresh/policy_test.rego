package exhibit.policies.image_pulled_fresh_test

import data.exhibit.policies.image_pulled_fresh as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(image, how) := testing.pod([{"name": "a", "image": image, "imagePullPolicy": how}], {})

test_fresh if {
	messages(container("registry.example.com:5000/web:1", "Always")) == set()
	messages(container("web", null)) == set()
	messages(container("registry.example.com:5000/web:latest", null)) == set()
	every how in ["IfNotPresent", null] { messages(container("web@sha256:abc", how)) == set() }
}

test_kept if {
	every how in ["IfNotPresent", null] {
		messages(container("registry.example.com/web:1", how)) == {"Container a may run another image of the same tag that its node has kept."}
	}
	count(messages(container("web:latest", "IfNotPresent"))) == 1
}

test_never if {
	messages(container("web@sha256:abc", "Never")) == {"Container a runs only what its node already has: imagePullPolicy is Never."}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
