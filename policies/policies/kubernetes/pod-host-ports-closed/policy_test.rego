package exhibit.policies.pod_host_ports_closed_test

import data.exhibit.policies.pod_host_ports_closed as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(ports) := testing.pod([{"name": "a", "ports": ports}], {})

test_closed if {
	every ports in [null, [], [{"containerPort": 80}], [{"containerPort": 80, "hostPort": 0}], [{"containerPort": 80, "hostPort": null}], ["odd"]] {
		messages(container(ports)) == set()
	}
}

test_open if {
	messages(container([{"containerPort": 80}, {"containerPort": 80, "hostPort": 8080}])) == {"Container a opens port 8080 of its host."}
	[v.path | some v in policy.violations] == [["spec", "containers", 0, "ports", 1, "hostPort"]] with input as container([{}, {"hostPort": 1}])
}

test_every_container_is_judged if {
	pod := testing.pod([{"name": "a"}], {"initContainers": [{"name": "b", "ports": [{"hostPort": 1}]}]})
	count(policy.population) == 2 with input as pod
	testing.subjects(policy.violations) == {"Pod/shop/web/initContainers/b"} with input as pod
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
