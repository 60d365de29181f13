package lib.pods_test

import data.lib.pods
import data.lib.testing

test_windows_pods_are_left_out if {
	windows := testing.pod([{"name": "a"}], {"os": {"name": "windows"}})
	count(pods.workloads) == 1 with input as windows
	count(pods.containers) == 1 with input as windows
	pods.linux_workloads == [] with input as windows
	pods.linux_containers == [] with input as windows
}

test_linux_pods_are_there if {
	every spec in [{}, {"os": null}, {"os": {"name": "linux"}}] {
		count(pods.linux_workloads) == 1 with input as testing.pod([{"name": "a"}], spec)
		count(pods.linux_containers) == 1 with input as testing.pod([{"name": "a"}], spec)
	}
}

test_spec_that_is_none if {
	every spec in [null, "odd", []] {
		[pods.spec(r) | some r in pods.workloads] == [{}] with input as {"apiVersion": "v1", "kind": "Pod", "spec": spec}
	}
}

test_metadata_stands_beside_the_specification if {
	[pods.metadata(r) | some r in pods.workloads] == [["metadata"]] with input as testing.pod([], {})
	[pods.metadata(r) | some r in pods.workloads] == [["spec", "template", "metadata"]] with input as testing.deployment([], {})
}

test_contexts if {
	[pods.contexts(r) | some r in pods.workloads] == [[
		["spec", "securityContext"],
		["spec", "containers", 0, "securityContext"],
		["spec", "initContainers", 0, "securityContext"],
	]] with input as testing.pod([{"name": "a"}], {"initContainers": [{"name": "b"}]})
}

settings(own, pod) := found if {
	found := [pods.setting(r, ["a", "b"]) | some r in pods.containers] with input as testing.pod(
		[{"name": "a", "securityContext": own}],
		{"securityContext": pod},
	)
}

test_the_container_decides_else_the_pod if {
	settings({"a": {"b": 1}}, {"a": {"b": 2}}) == [1]
	settings({"a": {"b": false}}, {"a": {"b": 2}}) == [false]
	settings({}, {"a": {"b": 2}}) == [2]
	settings(null, null) == [null]
}
