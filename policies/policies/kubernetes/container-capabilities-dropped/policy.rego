# METADATA
# title: Containers give up the kernel's capabilities
# description: |
#   Each container drops ALL capabilities of the kernel; which ones may be added back is judged by
#   container-not-privileged. Windows pods are left out. Pod Security Standards, restricted.
# custom:
#   exhibit:
#     id: container-capabilities-dropped
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Shows least privilege for programs, which keep none of root's single powers.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Software that gets into a container cannot use powers that the program never needed.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Shows that workloads hold no privileged rights of the kernel unless an override allows it.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: "\"Set securityContext.capabilities of the container to {drop: [ALL]}.\""
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.container_capabilities_dropped

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in pods.linux_containers

violations contains resources.violation(r, message, ["securityContext", "capabilities", "drop"], "Drop ALL.") if {
	some r in pods.linux_containers
	dropped := resources.list(object.get(r.values, ["securityContext", "capabilities", "drop"], null))
	not all_of_them(dropped)
	message := sprintf("Container %s keeps capabilities of the kernel: it does not drop ALL.", [r.name])
}

all_of_them(dropped) if {
	some one in dropped
	upper(one) in {"ALL", "CAP_ALL"}
}
