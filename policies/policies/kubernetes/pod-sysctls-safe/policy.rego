# METADATA
# title: Pods set safe kernel parameters only
# description: |
#   A pod sets only those kernel parameters that Kubernetes calls safe, which reach no further than the pod. Pod Security
#   Standards, baseline.
# custom:
#   exhibit:
#     id: pod-sysctls-safe
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A workload cannot change the kernel that others on the same machine run on.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each workload.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove the parameter from securityContext.sysctls, or set it for the whole node where its owner decides.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_sysctls_safe

import data.lib.pods
import data.lib.resources

safe := {
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ping_group_range",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.tcp_wmem",
}

population contains resources.subject(r) if some r in pods.linux_workloads

violations contains resources.violation(r, message, at, fix) if {
	some r in pods.linux_workloads
	some i, parameter in resources.list(pods.field(r, ["securityContext", "sysctls"]))
	name := object.get(parameter, "name", null)
	not safe_name(name)
	at := pods.at(r, ["securityContext", "sysctls", i, "name"])
	message := sprintf("%s sets the kernel parameter %v, which is not among the safe ones.", [r.id, name])
	fix := sprintf("Remove %v from sysctls.", [name])
}

# The kernel takes slashes for dots.
safe_name(name) if replace(name, "/", ".") in safe
