# METADATA
# title: Production runs in more than one copy
# description: |
#   A Deployment, StatefulSet or Rollout whose labels say production has two replicas or more. Without a number an
#   autoscaler may decide, which gets no verdict.
# custom:
#   exhibit:
#     id: workload-replicated
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: partial
#         rationale: The loss of one machine does not stop the service.
#       - control: iso27001/a.8.14
#         strength: partial
#         rationale: Shows that services of production run in more than one copy.
#       - control: nis2/21.2.c
#         strength: supporting
#         rationale: Shows one measure for continuity.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set spec.replicas to 2 or more, or let a HorizontalPodAutoscaler with minReplicas of 2 decide.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.workload_replicated

import data.lib.pods
import data.lib.resources
import data.lib.settings

kinds := {"Deployment.apps", "StatefulSet.apps", "Rollout.argoproj.io", "DeploymentConfig.apps.openshift.io", "Deployment.extensions"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["spec", "replicas"], "Set replicas to 2 or more.") if {
	some r in judged
	replicas := object.get(r.values, ["spec", "replicas"], null)
	is_number(replicas)
	replicas < 2
	message := sprintf("%s runs in fewer than two copies (%d): one loss stops the service.", [r.id, replicas])
}

unknowns contains resources.undecided(r, message, ["spec", "replicas"]) if {
	some r in judged
	not is_number(object.get(r.values, ["spec", "replicas"], null))
	message := sprintf("%s states no replicas: whether an autoscaler keeps two is not shown here.", [r.id])
}

judged := [r |
	some r in pods.workloads
	r.native_type in kinds
	r.environment in settings.production
]
