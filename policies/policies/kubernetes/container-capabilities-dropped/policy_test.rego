package exhibit.policies.container_capabilities_dropped_test

import data.exhibit.policies.container_capabilities_dropped as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(drop) := testing.pod([{"name": "a", "securityContext": {"capabilities": {"drop": drop}}}], {})

test_dropped if {
	every drop in [["ALL"], ["all"], ["NET_RAW", "ALL"]] { messages(container(drop)) == set() }
}

test_kept if {
	every drop in [null, [], ["NET_RAW"], [7]] {
		messages(container(drop)) == {"Container a keeps capabilities of the kernel: it does not drop ALL."}
	}
	count(messages(testing.pod([{"name": "a"}], {}))) == 1
	count(messages(testing.pod([{"name": "a", "securityContext": null}], {}))) == 1
}

test_windows_is_left_out if policy.population == set() with input as testing.pod([{"name": "a"}], {"os": {"name": "windows"}})

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
