# METADATA
# title: Pods get no token of the cluster unless they say so
# description: |
#   A pod states automountServiceAccountToken false; a pod that talks to the cluster's API states true and names a service
#   account of its own. What is not written is true in Kubernetes.
# custom:
#   exhibit:
#     id: pod-token-not-mounted
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials of the cluster's API are given only to workloads that ask for them by name.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Shows least privilege for the identity of a workload.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that access is given where it is needed.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows that access control is applied to workloads of a cluster.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set automountServiceAccountToken to false in the pod; where the program calls the cluster's API, set it to true and name a service account.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_token_not_mounted

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in pods.workloads

violations contains offered(r, found, at) if {
	some r in pods.workloads
	at := pods.at(r, ["automountServiceAccountToken"])
	value := object.get(r.values, at, null)
	problem := problem_of(r, value)
	message := sprintf("%s %s.", [r.id, problem])
	found := resources.violation(r, message, at, "Set automountServiceAccountToken to false.")
}

problem_of(_, value) := "mounts a token of the cluster's API without saying that it needs one" if {
	not resources.is_true(value)
	not resources.is_false(value)
}

problem_of(r, value) := "mounts the token of the default service account" if {
	resources.is_true(value)
	object.get(pods.spec(r), "serviceAccountName", null) in {null, "", "default"}
}

# An account of its own may be there for the token, so only its owner can tell which of the two ways is meant.
offered(r, found, at) := resources.edited(r, found, at, false) if {
	object.get(pods.spec(r), "serviceAccountName", null) in {null, "", "default"}
} else := found
