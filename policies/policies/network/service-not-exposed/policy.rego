# METADATA
# title: Services are not open to every address
# description: |
#   A Service is no NodePort, and a LoadBalancer is internal or takes traffic only from stated ranges. Public traffic
#   comes in through an Ingress or a Gateway, where TLS and hosts are stated. Internal is what the annotation of its own provider
#   says: a Service that names another cloud as well, by an annotation, its load balancer class or the host that it got, is
#   internal only where each of them is told so. Where nothing else names a cloud, the annotation is believed.
# custom:
#   exhibit:
#     id: service-not-exposed
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Workloads are reached from outside only through entry points made for it.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that services are not opened to public networks unless an override allows it.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Shows that internal services stay in the internal network.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that what is reachable from outside is limited.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Use ClusterIP with an Ingress or a Gateway; make the load balancer internal by its annotation; or list spec.loadBalancerSourceRanges.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.service_not_exposed

import data.lib.resources

# Annotations that make a load balancer internal, by provider, with their values in lower case. Of two that are written the first one
# counts, as the provider reads them.
marks := {
	"aws": [
		{"key": "service.beta.kubernetes.io/aws-load-balancer-scheme", "values": {"internal"}},
		{"key": "service.beta.kubernetes.io/aws-load-balancer-internal", "values": {"true", "0.0.0.0/0"}},
	],
	"azure": [{"key": "service.beta.kubernetes.io/azure-load-balancer-internal", "values": {"true"}}],
	"google": [
		{"key": "networking.gke.io/load-balancer-type", "values": {"internal"}},
		{"key": "cloud.google.com/load-balancer-type", "values": {"internal"}},
	],
	"openstack": [{"key": "service.beta.kubernetes.io/openstack-internal-load-balancer", "values": {"true"}}],
	"oracle": [{"key": "service.beta.kubernetes.io/oci-load-balancer-internal", "values": {"true"}}],
}

# What tells for which provider a Service is: keys of its annotations, its load balancer class, and the host that it has got.
signs := {
	"aws": `^(service\.beta\.kubernetes\.io/aws-|service\.k8s\.aws/|eks\.amazonaws\.com/|.*\.elb(\.[a-z0-9-]+)?\.amazonaws\.com)`,
	"azure": `^service\.beta\.kubernetes\.io/azure-`,
	"google": `^(networking\.gke\.io|cloud\.google\.com)/`,
	"openstack": `^(service\.beta\.kubernetes\.io/openstack-|loadbalancer\.openstack\.org/)`,
	"oracle": `^(service\.beta\.kubernetes\.io/oci-|oci(-network-load-balancer)?\.oraclecloud\.com/)`,
}

population contains resources.subject(r) if some r in resources.of_type("service")

violations contains resources.violation(r, message, ["spec", "type"], "Use ClusterIP, and an Ingress or a Gateway for what comes from outside.") if {
	some r in resources.of_type("service")
	object.get(r.values, ["spec", "type"], null) == "NodePort"
	message := sprintf("%s opens a port on every node.", [r.id])
}

violations contains resources.violation(r, message, ["spec", "type"], "Make it internal, or list loadBalancerSourceRanges.") if {
	some r in resources.of_type("service")
	object.get(r.values, ["spec", "type"], null) == "LoadBalancer"
	not is_internal(r)
	count(ranges(r)) == 0
	message := sprintf("%s has a load balancer that takes traffic from every address.", [r.id])
}

violations contains resources.violation(r, message, ["spec", "loadBalancerSourceRanges", i], "List the ranges that need it.") if {
	some r in resources.of_type("service")
	object.get(r.values, ["spec", "type"], null) == "LoadBalancer"
	not is_internal(r)
	some i, range in ranges(r)
	regex.match(`^\s*[0-9a-fA-F.:]+/0+\s*$`, range)
	message := sprintf("%s has a load balancer that takes traffic from %s.", [r.id, range])
}

unknowns contains resources.undecided(r, message, ["spec", "loadBalancerClass"]) if {
	some r in resources.of_type("service")
	object.get(r.values, ["spec", "type"], null) == "LoadBalancer"
	is_internal(r)
	foreign(r)
	count(ranges(r)) == 0
	message := sprintf("%s has a load balancer of a class that is not known here: whether it reads the annotation that makes it internal is not known.", [r.id])
}

ranges(r) := resources.list(object.get(r.values, ["spec", "loadBalancerSourceRanges"], null))

# A mark of one provider says nothing to another: each provider that the Service speaks of must have its own.
is_internal(r) if {
	count(providers(r)) > 0
	every provider in providers(r) { marked(r, provider) }
}

providers(r) := {provider |
	some provider, expression in signs
	some text in texts(r)
	regex.match(expression, text)
}

texts(r) := (object.keys(annotations(r)) | class(r)) | {host |
	some ingress in resources.list(object.get(r.values, ["status", "loadBalancer", "ingress"], null))
	host := object.get(ingress, "hostname", "")
	is_string(host)
}

default annotations(_) := {}

annotations(r) := written if {
	written := object.get(r.values, ["metadata", "annotations"], null)
	is_object(written)
}

class(r) := {name |
	name := object.get(r.values, ["spec", "loadBalancerClass"], null)
	is_string(name)
}

marked(r, provider) if {
	written := [mark | some mark in marks[provider]; mark.key in object.keys(annotations(r))]
	lower(annotations(r)[written[0].key]) in written[0].values
}

# A class of no provider that is known here: whether its controller reads the mark, nobody knows.
foreign(r) if {
	some name in class(r)
	every expression in signs { not regex.match(expression, name) }
}
