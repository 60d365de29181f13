package exhibit.policies.container_not_root_test

import data.exhibit.policies.container_not_root as policy
import data.lib.testing

# Messages for a container with its own security context in a pod with its.
messages(own, pod) := found if {
	found := {v.message | some v in policy.violations} with input as testing.pod(
		[{"name": "a", "securityContext": own}],
		{"securityContext": pod},
	)
}

root := {"Container a runs as user 0, which is root."}

left_to_the_image := {"Container a runs as root when its image does."}

test_stated if {
	messages({"runAsNonRoot": true}, {}) == set()
	messages({}, {"runAsNonRoot": true}) == set()
	messages({"runAsUser": 1000}, {}) == set()
	messages({}, {"runAsUser": 65532}) == set()
}

test_not_stated if {
	messages({}, {}) == left_to_the_image
	messages(null, null) == left_to_the_image
	messages({"runAsNonRoot": false}, {}) == left_to_the_image
}

test_root if {
	messages({"runAsUser": 0}, {}) == root
	messages({}, {"runAsUser": 0, "runAsNonRoot": true}) == root
}

test_the_container_decides if {
	messages({"runAsUser": 0}, {"runAsUser": 1000}) == root
	messages({"runAsUser": 1000}, {"runAsUser": 0}) == set()
	messages({"runAsNonRoot": false}, {"runAsNonRoot": true}) == left_to_the_image
}

test_windows_is_left_out if policy.population == set() with input as testing.pod([{"name": "a"}], {"os": {"name": "windows"}})

test_linux_is_judged if count(policy.population) == 1 with input as testing.pod([{"name": "a"}], {"os": {"name": "linux"}})
