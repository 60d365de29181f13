# METADATA
# title: Pods are isolated from their host
# description: |
#   A pod shares no namespace of its host (processes, network, memory), mounts no folder of it, and is no Windows
#   host process.
# custom:
#   exhibit:
#     id: pod-isolated-from-host
#     severity: high
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A workload cannot read the host's files, processes or network, where credentials of others are.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Shows that workloads stay in their own segment of a shared host.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each workload.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove hostPID, hostIPC, hostNetwork and hostPath volumes. Use a persistent volume, a projected volume or a Service instead.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package exhibit.policies.pod_isolated_from_host

import data.lib.resources

shared := {"hostPID": "processes", "hostIPC": "shared memory", "hostNetwork": "network"}

population contains resources.subject(r) if some r in resources.of_type("workload")

violations contains resources.edited(r, found, at, false) if {
	some r in resources.of_type("workload")
	some key, what in shared
	at := array.concat(r.pod_path, [key])
	resources.is_true(resources.attribute(r, at).value)
	message := sprintf("%s shares the %s of its host.", [r.id, what])
	found := resources.violation(r, message, at, sprintf("Remove %s, or set it to false.", [key]))
}

violations contains resources.violation(r, message, at, "Use a persistent or a projected volume.") if {
	some r in resources.of_type("workload")
	some i, volume in resources.list(object.get(r.values, array.concat(r.pod_path, ["volumes"]), []))
	folder := volume.hostPath
	is_object(folder)
	at := array.concat(r.pod_path, ["volumes", i, "hostPath"])
	message := sprintf("%s mounts %v of its host.", [r.id, object.get(folder, "path", "a folder")])
}

violations contains resources.violation(r, message, at, "Remove hostProcess.") if {
	some r in resources.of_type("workload")
	at := array.concat(r.pod_path, ["securityContext", "windowsOptions", "hostProcess"])
	resources.is_true(resources.attribute(r, at).value)
	message := sprintf("%s runs as a process of its Windows host.", [r.id])
}

violations contains resources.violation(r, message, at, "Remove hostProcess.") if {
	some r in resources.of_type("workload")
	some kind in ["containers", "initContainers", "ephemeralContainers"]
	some i, _ in resources.list(object.get(r.values, array.concat(r.pod_path, [kind]), []))
	at := array.concat(r.pod_path, [kind, i, "securityContext", "windowsOptions", "hostProcess"])
	resources.is_true(resources.attribute(r, at).value)
	message := sprintf("A container of %s runs as a process of its Windows host.", [r.id])
}
