# METADATA
# title: Workloads say who owns them and what for
# description: |
#   Every workload that no other one made carries a label of its owner (owner, team or app.kubernetes.io/owner) and of its
#   environment. Who is asked about a finding, and which rules hold, follows from them.
# custom:
#   exhibit:
#     id: workload-labelled
#     severity: low
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Shows an inventory of workloads with their owners.
#       - control: soc2/cc7.4
#         strength: supporting
#         rationale: In an incident it is known whom to ask.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that the configuration of each workload names its owner.
#       - control: iso27001/a.8.31
#         strength: supporting
#         rationale: Shows to which environment a workload belongs.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows one part of the management of assets.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set the labels owner and environment in metadata.labels.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.workload_labelled

import data.lib.pods
import data.lib.resources

owners := {"owner", "team", "app.kubernetes.io/owner", "app.kubernetes.io/team"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["metadata", "labels"], "Set the label owner.") if {
	some r in judged
	not owned(r)
	message := sprintf("%s names no owner.", [r.id])
}

violations contains resources.violation(r, message, ["metadata", "labels"], "Set the label environment.") if {
	some r in judged
	not r.environment
	message := sprintf("%s names no environment.", [r.id])
}

owned(r) if {
	some key, value in object.get(r.values, ["metadata", "labels"], null)
	lower(key) in owners
	is_string(value)
	value != ""
}

judged := [r |
	some r in pods.workloads
	count(resources.list(object.get(r.values, ["metadata", "ownerReferences"], null))) == 0
]
