package exhibit.policies.container_root_read_only_test

import data.exhibit.policies.container_root_read_only as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(context) := testing.pod([{"name": "a", "securityContext": context}], {})

test_read_only if messages(container({"readOnlyRootFilesystem": true})) == set()

test_writable if {
	every context in [null, {}, {"readOnlyRootFilesystem": false}, {"readOnlyRootFilesystem": null}] {
		messages(container(context)) == {"Container a can write to its own image."}
	}
}

test_left_out if {
	testing.ids(policy.population) == {"Pod/shop/web/initContainers/i"} with input as testing.pod([], {"initContainers": [{"name": "i"}], "ephemeralContainers": [{"name": "d"}]})
	policy.population == set() with input as testing.pod([{"name": "a"}], {"os": {"name": "windows"}})
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

test_edit if {
	{v.edit | some v in policy.violations} == {{"path": ["spec", "containers", 0, "securityContext", "readOnlyRootFilesystem"], "value": true}} with input as testing.pod([{"name": "a"}], {})
}
