package exhibit.policies.container_readiness_probed_test

import data.exhibit.policies.container_readiness_probed as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(probe) := testing.deployment([{"name": "a", "readinessProbe": probe}], {})

test_probed if {
	every probe in [{"httpGet": {"port": 80}}, {"tcpSocket": {"port": 80}}, {"exec": {"command": ["x"]}}, {"grpc": {"port": 80}}] { messages(container(probe)) == set() }
}

test_not_probed if {
	every probe in [null, {}, {"periodSeconds": 5}, {"httpGet": null}] { count(messages(container(probe))) == 1 }
}

test_left_out if {
	policy.population == set() with input as testing.pod([{"name": "a"}], {})
	policy.population == set() with input as testing.deployment([], {"initContainers": [{"name": "a"}]})
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
