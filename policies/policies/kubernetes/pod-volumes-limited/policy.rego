# METADATA
# title: Pods mount volumes of ordinary types
# description: |
#   A pod mounts only configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected and
#   secret volumes. Folders of the host are judged by pod-isolated-from-host. Pod Security Standards, restricted.
# custom:
#   exhibit:
#     id: pod-volumes-limited
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Storage is reached through claims that the cluster's administrators gave, not named by each workload.
#       - control: iso27001/a.8.3
#         strength: supporting
#         rationale: Shows that workloads reach storage through the access that was granted to them.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each workload.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Use a persistentVolumeClaim in place of a storage system that the pod names itself.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_volumes_limited

import data.lib.pods
import data.lib.resources

ordinary := {
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
	"secret",
}

elsewhere := {"name", "hostPath"}

population contains resources.subject(r) if some r in pods.workloads

violations contains resources.violation(r, message, at, "Use a persistentVolumeClaim.") if {
	some r in pods.workloads
	some i, volume in resources.list(pods.field(r, ["volumes"]))
	is_object(volume)
	some type, source in volume
	source != null
	not type in (ordinary | elsewhere)
	at := pods.at(r, ["volumes", i, type])
	message := sprintf("%s mounts volume %v of type %s.", [r.id, object.get(volume, "name", i), type])
}
