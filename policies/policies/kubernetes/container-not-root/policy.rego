# METADATA
# title: Containers do not run as root
# description: |
#   Each container states a user other than 0, or states runAsNonRoot so that the kubelet refuses an image that
#   starts as root. The pod's setting holds where the container has none. Windows pods have no such user and are left out.
# custom:
#   exhibit:
#     id: container-not-root
#     severity: high
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Programs run with an ordinary user, which limits what a flaw in them gives away.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Shows least privilege for the user that a workload runs as.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Shows that the privileged user is not used by workloads unless an override allows it.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each container.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set runAsNonRoot to true in the securityContext of the pod or of the container, and use an image with a user of its own.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package exhibit.policies.container_not_root

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["securityContext", "runAsUser"], "Name a user other than 0.") if {
	some r in judged
	setting(r, "runAsUser") == 0
	message := sprintf("Container %s runs as user 0, which is root.", [r.name])
}

violations contains resources.violation(r, message, ["securityContext", "runAsNonRoot"], "Set runAsNonRoot to true.") if {
	some r in judged
	not is_number(setting(r, "runAsUser"))
	not resources.is_true(setting(r, "runAsNonRoot"))
	message := sprintf("Container %s runs as root when its image does.", [r.name])
}

judged := [r | some r in resources.of_type("container"); not r.pod.os.name == "windows"]

# The container's own setting, else the pod's, else null.
setting(r, key) := own if {
	own := object.get(r.values, ["securityContext", key], null)
	own != null
} else := object.get(r.pod, ["securityContext", key], null)
