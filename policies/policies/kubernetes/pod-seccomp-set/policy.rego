# METADATA
# title: Containers run with a seccomp profile
# description: |
#   Each container has the seccomp profile RuntimeDefault or Localhost, its own or its pod's, so that system calls it
#   never needs are refused. Windows pods are left out. Pod Security Standards, restricted.
# custom:
#   exhibit:
#     id: pod-seccomp-set
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: A program that gets into a container finds fewer ways into the kernel.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each container.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows one measure against tampering with it.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: "\"Set securityContext.seccompProfile of the pod to {type: RuntimeDefault}.\""
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_seccomp_set

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in pods.linux_containers

violations contains resources.violation(r, message, at, "Set seccompProfile to {type: RuntimeDefault}.") if {
	some r in pods.linux_containers
	type := pods.setting(r, ["seccompProfile", "type"])
	not type in {"RuntimeDefault", "Localhost"}
	at := ["securityContext", "seccompProfile", "type"]
	message := sprintf("Container %s runs %s.", [r.name, how(type)])
}

how(null) := "without a seccomp profile"

how(type) := sprintf("with the seccomp profile %v", [type]) if type != null
