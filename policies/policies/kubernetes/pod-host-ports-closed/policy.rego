# METADATA
# title: Containers open no port of their host
# description: |
#   No container claims a hostPort. Such a port is open on every address of the node, past Services and most network
#   policies. Pod Security Standards, baseline.
# custom:
#   exhibit:
#     id: pod-host-ports-closed
#     severity: high
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Traffic reaches a workload through a Service or an Ingress, where it is controlled, not through a port of the machine.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that workloads open no ports on the network of their hosts unless an override allows it.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Shows that workloads stay in the network that was made for them.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove hostPort and reach the container through a Service.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_host_ports_closed

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("container")

violations contains resources.violation(r, message, ["ports", i, "hostPort"], "Remove hostPort; use a Service.") if {
	some r in resources.of_type("container")
	some i, port in resources.list(object.get(r.values, "ports", null))
	is_object(port)
	number := object.get(port, "hostPort", null)
	not number in {null, 0}
	message := sprintf("Container %s opens port %v of its host.", [r.name, number])
}
