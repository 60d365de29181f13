# METADATA
# title: Namespaces enforce a Pod Security Standard
# description: |
#   A Namespace carries the label pod-security.kubernetes.io/enforce with baseline or restricted, so that the cluster
#   itself refuses pods that reach the host. The namespaces of Kubernetes itself are left out.
# custom:
#   exhibit:
#     id: namespace-pod-security-enforced
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Pods that could take over a machine are refused by the cluster, whoever makes them.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is enforced where pods are made.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows a second barrier behind the checks of a pipeline.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: "\"Set the label pod-security.kubernetes.io/enforce: restricted, or baseline.\""
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.namespace_pod_security_enforced

import data.lib.resources

label := "pod-security.kubernetes.io/enforce"

own := {"kube-system", "kube-public", "kube-node-lease"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["metadata", "labels", label], fix) if {
	some r in judged
	level := object.get(r.values, ["metadata", "labels", label], null)
	not level in {"baseline", "restricted"}
	message := sprintf("%s enforces no Pod Security Standard%s.", [r.id, instead(level)])
	fix := sprintf("Set the label %s to restricted, or to baseline.", [label])
}

instead(null) := ""

instead(level) := sprintf(", but the level %v", [level]) if level != null

judged := [r | some r in resources.of_type("namespace"); not r.name in own]
