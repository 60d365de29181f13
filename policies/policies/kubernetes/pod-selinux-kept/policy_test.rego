package exhibit.policies.pod_selinux_kept_test

import data.exhibit.policies.pod_selinux_kept as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(own, context) := testing.pod([{"name": "a", "securityContext": {"seLinuxOptions": own}}], {"securityContext": {"seLinuxOptions": context}})

test_kept if {
	every options in [null, {}, {"level": "s0:c123,c456"}, {"type": ""}, {"type": "container_t"}, {"user": "", "role": null}] {
		messages(pod(options, options)) == set()
	}
}

test_changed if {
	messages(pod({"type": "spc_t"}, {})) == {"Pod/shop/web runs with the SELinux type spc_t."}
	messages(pod({}, {"user": "system_u", "role": "system_r"})) == {"Pod/shop/web runs with the SELinux user system_u.", "Pod/shop/web runs with the SELinux role system_r."}
}

test_windows_is_left_out if policy.population == set() with input as testing.pod([], {"os": {"name": "windows"}})

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
