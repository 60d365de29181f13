package exhibit.policies.pod_seccomp_set_test

import data.exhibit.policies.pod_seccomp_set as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(own, pod) := testing.pod([{"name": "a", "securityContext": own}], {"securityContext": pod})

profile(type) := {"seccompProfile": {"type": type}}

test_set if {
	messages(container(profile("RuntimeDefault"), {})) == set()
	messages(container({}, profile("Localhost"))) == set()
	messages(container(profile("RuntimeDefault"), profile("Unconfined"))) == set()
}

test_not_set if {
	every own in [null, {}, {"seccompProfile": null}, profile(null)] {
		messages(container(own, {})) == {"Container a runs without a seccomp profile."}
	}
}

test_unconfined if {
	messages(container(profile("Unconfined"), profile("RuntimeDefault"))) == {"Container a runs with the seccomp profile Unconfined."}
}

test_windows_is_left_out if policy.population == set() with input as testing.pod([{"name": "a"}], {"os": {"name": "windows"}})

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
