# METADATA
# title: SELinux types and users are not changed
# description: |
#   A pod or container names no SELinux type beyond those made for containers, and no SELinux user or role. Windows pods
#   are left out. Pod Security Standards, baseline.
# custom:
#   exhibit:
#     id: pod-selinux-kept
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: The label that keeps a container apart from its host is not replaced.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a protection of the platform is not switched off for a workload.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove seLinuxOptions.user and role, and name no type or one of container_t, container_init_t, container_kvm_t and container_engine_t.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_selinux_kept

import data.lib.pods
import data.lib.resources

types := {null, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}

population contains resources.subject(r) if some r in pods.linux_workloads

violations contains resources.violation(r, message, at, "Remove the type, or use container_t.") if {
	some r in pods.linux_workloads
	some context in pods.contexts(r)
	at := array.concat(context, ["seLinuxOptions", "type"])
	type := object.get(r.values, at, null)
	not type in types
	message := sprintf("%s runs with the SELinux type %v.", [r.id, type])
}

violations contains resources.violation(r, message, at, fix) if {
	some r in pods.linux_workloads
	some context in pods.contexts(r)
	some key in ["user", "role"]
	at := array.concat(context, ["seLinuxOptions", key])
	value := object.get(r.values, at, null)
	not value in {null, ""}
	message := sprintf("%s runs with the SELinux %s %v.", [r.id, key, value])
	fix := sprintf("Remove the %s.", [key])
}
