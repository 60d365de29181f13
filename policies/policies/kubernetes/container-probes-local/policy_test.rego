package exhibit.policies.container_probes_local_test

import data.exhibit.policies.container_probes_local as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

container(fields) := testing.pod([object.union({"name": "a"}, fields)], {})

test_local if {
	messages(container({})) == set()
	messages(container({"livenessProbe": {"httpGet": {"port": 80}}, "readinessProbe": {"tcpSocket": {"port": 80, "host": ""}}, "lifecycle": null})) == set()
}

test_host if {
	messages(container({"livenessProbe": {"httpGet": {"host": "169.254.169.254", "port": 80}}})) == {"livenessProbe of container a sends a request to host 169.254.169.254."}
	messages(container({"lifecycle": {"preStop": {"tcpSocket": {"host": "db", "port": 80}}}})) == {"preStop of container a sends a request to host db."}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
