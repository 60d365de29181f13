# METADATA
# title: Network policies name who may connect
# description: |
#   No NetworkPolicy lets everything in or out on every port, neither with an empty rule, nor with a block that holds all
#   addresses, nor with a selector of every namespace. Whether a namespace has a policy at all takes more than one
#   document to say.
# custom:
#   exhibit:
#     id: network-policy-not-open
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Connections between workloads are limited to those that are named.
#       - control: iso27001/a.8.22
#         strength: partial
#         rationale: Shows that workloads are separated into groups that may connect.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows that network connections are controlled.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that networks of a system are set up to be closed first.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Name the pods, namespaces or blocks that may connect, or the ports; an empty list of rules closes a direction.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.network_policy_not_open

import data.lib.resources

sides := {"ingress": "from", "egress": "to"}

ways := {"ingress": "in", "egress": "out"}

population contains resources.subject(r) if some r in resources.of_type("network_policy")

violations contains resources.violation(r, message, ["spec", direction, i], "Name who may connect, or the ports.") if {
	some r in resources.of_type("network_policy")
	some direction, side in sides
	some i, rule in resources.list(object.get(r.values, ["spec", direction], null))
	is_object(rule)
	every_port(rule)
	peers := resources.list(object.get(rule, side, null))
	whom := everyone(peers)
	message := sprintf("%s lets %s %s on every port.", [r.id, whom, ways[direction]])
}

every_port(rule) if count(resources.list(object.get(rule, "ports", null))) == 0

everyone(peers) := "everything" if {
	count(peers) == 0
} else := "every address" if {
	some peer in peers
	regex.match(`^[0-9a-fA-F.:]+/0+$`, peer.ipBlock.cidr)
} else := "every namespace" if {
	some peer in peers
	count(peer.namespaceSelector) == 0
	selects_all(object.get(peer, "podSelector", {}))
}

selects_all(null)

selects_all(selector) if {
	is_object(selector)
	count(selector) == 0
}
