# METADATA
# title: Containers say when they are ready
# description: |
#   Every container of a Deployment, StatefulSet, ReplicaSet, ReplicationController, Rollout or DeploymentConfig has a
#   readinessProbe. A livenessProbe is not demanded - a wrong one restarts what works.
# custom:
#   exhibit:
#     id: container-readiness-probed
#     severity: low
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: supporting
#         rationale: Traffic reaches only what can answer, also while a new version starts.
#       - control: soc2/cc7.2
#         strength: supporting
#         rationale: Shows that the state of each service is watched.
#       - control: iso27001/a.8.14
#         strength: supporting
#         rationale: Shows that a failing copy of a service is taken out.
#       - control: nis2/21.2.c
#         strength: supporting
#         rationale: One copy that hangs does not stop the service.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Add a readinessProbe that asks the program whether it can serve.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.container_readiness_probed

import data.lib.pods
import data.lib.resources

serving := {
	"Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "ReplicationController",
	"Deployment.extensions", "ReplicaSet.extensions", "Rollout.argoproj.io", "DeploymentConfig.apps.openshift.io",
}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["readinessProbe"], "Add a readinessProbe.") if {
	some r in judged
	not asks(object.get(r.values, "readinessProbe", null))
	message := sprintf("Container %s gets traffic before anyone knows that it can answer: it has no readinessProbe.", [r.name])
}

judged := [r | some r in pods.containers; r.native_type == "containers"; r.workload_type in serving]

asks(probe) if {
	some way in ["httpGet", "tcpSocket", "exec", "grpc"]
	is_object(probe[way])
}
