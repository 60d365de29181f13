# METADATA
# title: Probes and hooks ask the container itself
# description: |
#   No probe and no lifecycle hook names a host. With one, the kubelet sends requests from its node to any address that
#   the author of the pod chooses. Pod Security Standards, baseline since Kubernetes 1.34.
# custom:
#   exhibit:
#     id: container-probes-local
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: A workload cannot use the node to reach systems behind its firewall.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows that nodes are not made to send requests into other networks.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Remove host from the probe or the hook.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.container_probes_local

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in pods.containers

violations contains resources.violation(r, message, at, "Remove host.") if {
	some r in pods.containers
	some place in [["livenessProbe"], ["readinessProbe"], ["startupProbe"], ["lifecycle", "postStart"], ["lifecycle", "preStop"]]
	some action in ["httpGet", "tcpSocket"]
	at := array.concat(place, [action, "host"])
	host := object.get(r.values, at, null)
	not host in {null, ""}
	message := sprintf("%s of container %s sends a request to host %v.", [place[count(place) - 1], r.name, host])
}
