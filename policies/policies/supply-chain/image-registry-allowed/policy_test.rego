package exhibit.policies.image_registry_allowed_test

import data.exhibit.policies.image_registry_allowed as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

image(name) := testing.pod([{"name": "a", "image": name}], {})

test_known if {
	every name in ["registry.example.com/shop/web:1", "Registry.example.com/web", "registry.k8s.io/pause@sha256:x"] { messages(image(name)) == set() }
	messages(image("docker.io/library/nginx")) == set() with data.lib.settings.registries as ["docker.io"]
	messages(image("nginx:1")) == set() with data.lib.settings.registries as ["docker.io/library/"]
}

test_unknown if {
	every name in ["nginx", "library/nginx:1", "docker.io/nginx"] { messages(image(name)) == {"Container a takes its image from docker.io, which is not a known registry."} }
	messages(image("registry.example.com.evil.test/web")) == {"Container a takes its image from registry.example.com.evil.test, which is not a known registry."}
	messages(image("localhost/web")) == {"Container a takes its image from localhost, which is not a known registry."}
	messages(image("registry.example.com:5000/web")) == {"Container a takes its image from registry.example.com:5000, which is not a known registry."}
}

test_folder_of_a_registry if {
	count(messages(image("registry.example.com/shopping/web"))) == 1 with data.lib.settings.registries as ["registry.example.com/shop"]
}

test_without_an_image_is_left_out if {
	every one in [{"name": "a"}, {"name": "a", "image": ""}, {"name": "a", "image": null}] { policy.population == set() with input as testing.pod([one], {}) }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
