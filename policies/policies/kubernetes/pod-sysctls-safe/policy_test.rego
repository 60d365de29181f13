package exhibit.policies.pod_sysctls_safe_test

import data.exhibit.policies.pod_sysctls_safe as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(sysctls) := testing.pod([{"name": "a"}], {"securityContext": {"sysctls": sysctls}})

test_safe if {
	every sysctls in [null, [], [{"name": "net.ipv4.tcp_syncookies", "value": "1"}], [{"name": "net/ipv4/ping_group_range", "value": "0 1"}]] {
		messages(pod(sysctls)) == set()
	}
	messages(testing.pod([], {})) == set()
}

test_unsafe if {
	messages(pod([{"name": "kernel.msgmax", "value": "65536"}])) == {"Pod/shop/web sets the kernel parameter kernel.msgmax, which is not among the safe ones."}
	count(messages(pod([{"name": "vm.swappiness"}, {"value": "1"}]))) == 2
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
