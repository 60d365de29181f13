package exhibit.policies.service_not_exposed_test

import data.exhibit.policies.service_not_exposed as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

service(spec, annotations) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "annotations": annotations}, "spec": spec}

test_inside if {
	every spec in [{}, {"type": "ClusterIP"}, {"clusterIP": "None"}, {"type": "ExternalName", "externalName": "x"}, null] {
		messages(service(spec, null)) == set()
	}
}

test_node_port if messages(service({"type": "NodePort"}, {})) == {"Service/a opens a port on every node."}

test_load_balancer if {
	messages(service({"type": "LoadBalancer"}, {})) == {"Service/a has a load balancer that takes traffic from every address."}
	messages(service({"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.0/24", "0.0.0.0/0"]}, null)) == {"Service/a has a load balancer that takes traffic from 0.0.0.0/0."}
	messages(service({"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.0/24"]}, null)) == set()
}

test_internal if {
	messages(service({"type": "LoadBalancer"}, {"networking.gke.io/load-balancer-type": "Internal"})) == set()
	messages(service({"type": "LoadBalancer"}, {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"})) == set()
	count(messages(service({"type": "LoadBalancer"}, {"service.beta.kubernetes.io/azure-load-balancer-internal": "false"}))) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
