# METADATA
# title: Services claim no outside addresses
# description: |
#   A Service lists no externalIPs. Whoever may write them can draw the cluster's traffic to any address to a pod of their
#   own (CVE-2020-8554).
# custom:
#   exhibit:
#     id: service-no-external-ip
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Traffic to an address cannot be taken over by whoever may make a Service.
#       - control: soc2/cc6.7
#         strength: supporting
#         rationale: Data on its way to another system is not led to a workload.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that a known way to redirect network traffic is closed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove spec.externalIPs and use a load balancer, an Ingress or a Gateway.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.service_no_external_ip

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("service")

violations contains resources.violation(r, message, ["spec", "externalIPs", i], "Remove externalIPs.") if {
	some r in resources.of_type("service")
	some i, address in resources.list(object.get(r.values, ["spec", "externalIPs"], null))
	message := sprintf("%s claims traffic to %v.", [r.id, address])
}
