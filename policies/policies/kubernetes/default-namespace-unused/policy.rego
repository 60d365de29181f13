# METADATA
# title: Workloads live in a namespace of their own
# description: |
#   A workload that states its namespace is not in default, nor in one of Kubernetes itself, where quotas, network
#   policies and rights of a team do not reach it. A manifest without a namespace is left out - where it lands is decided
#   elsewhere.
# custom:
#   exhibit:
#     id: default-namespace-unused
#     severity: low
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Rights and networks are separated by namespace, which takes one for each purpose.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Shows that workloads are separated from those of others and of the platform.
#       - control: iso27001/a.8.31
#         strength: supporting
#         rationale: Shows that workloads do not share a namespace that nobody owns.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Give the workload a namespace of its own.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.default_namespace_unused

import data.lib.pods
import data.lib.resources

shared := {"default", "kube-system", "kube-public", "kube-node-lease"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["metadata", "namespace"], "Name a namespace of its own.") if {
	some r in judged
	r.namespace in shared
	message := sprintf("%s is in the namespace %s.", [r.id, r.namespace])
}

judged := [r | some r in pods.workloads; r.namespace != ""]
