# METADATA
# title: Services are not open to every address
# description: |
#   A Service is no NodePort, and a LoadBalancer is internal or takes traffic only from stated ranges. Public traffic
#   comes in through an Ingress or a Gateway, where TLS and hosts are stated.
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
#       pre-commit: warn
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Use ClusterIP with an Ingress or a Gateway; make the load balancer internal by its annotation; or list spec.loadBalancerSourceRanges.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.service_not_exposed

import data.lib.resources

# Annotations that make a load balancer internal, by provider, with their values in lower case.
marks := {
	"service.beta.kubernetes.io/aws-load-balancer-scheme": {"internal"},
	"service.beta.kubernetes.io/aws-load-balancer-internal": {"true", "0.0.0.0/0"},
	"service.beta.kubernetes.io/azure-load-balancer-internal": {"true"},
	"networking.gke.io/load-balancer-type": {"internal"},
	"cloud.google.com/load-balancer-type": {"internal"},
	"service.beta.kubernetes.io/openstack-internal-load-balancer": {"true"},
	"service.beta.kubernetes.io/oci-load-balancer-internal": {"true"},
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

ranges(r) := resources.list(object.get(r.values, ["spec", "loadBalancerSourceRanges"], null))

is_internal(r) if {
	annotations := object.get(r.values, ["metadata", "annotations"], null)
	is_object(annotations)
	some key, values in marks
	lower(annotations[key]) in values
}
