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

test_mark_of_another_provider if {
	azure := {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
	aws := {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}
	every other in [
		{"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
		{"cloud.google.com/neg": "{}"},
	] {
		count(messages(service({"type": "LoadBalancer"}, object.union(azure, other)))) == 1
	}
	count(messages(service({"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb"}, azure))) == 1
	messages(service({"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb"}, aws)) == set()

	# A manifest for two clouds that is internal in both.
	messages(service({"type": "LoadBalancer"}, object.union(azure, aws))) == set()

	# What runs tells where it runs.
	live := object.union(service({"type": "LoadBalancer"}, azure), {"status": {"loadBalancer": {"ingress": [{"hostname": "a1-2.elb.eu-central-1.amazonaws.com"}]}}})
	count(messages(live)) == 1
}

test_of_two_marks_the_first_counts if {
	both := {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing", "service.beta.kubernetes.io/aws-load-balancer-internal": "true"}
	count(messages(service({"type": "LoadBalancer"}, both))) == 1
	messages(service({"type": "LoadBalancer"}, {"service.beta.kubernetes.io/aws-load-balancer-internal": "true"})) == set()
}

test_class_that_is_not_known if {
	found := [{v | some v in policy.violations}, {u.message | some u in policy.unknowns}] with input as service(
		{"type": "LoadBalancer", "loadBalancerClass": "example.com/edge"},
		{"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
	)
	found == [set(), {"Service/a has a load balancer of a class that is not known here: whether it reads the annotation that makes it internal is not known."}]
	count(messages(service({"type": "LoadBalancer", "loadBalancerClass": "example.com/edge"}, {}))) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
