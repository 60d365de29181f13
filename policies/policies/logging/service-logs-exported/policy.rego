# METADATA
# title: Databases and clusters export their logs
# description: |
#   RDS, Aurora, DocumentDB and Neptune databases send at least one log to CloudWatch; EKS clusters send the audit and
#   the authenticator log of their API server.
# custom:
#   exhibit:
#     id: service-logs-exported
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Logs of databases and clusters leave the machine that wrote them, so that they can be watched and searched.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that these services produce logs and that the logs are kept apart from the service.
#       - control: iso27001/a.8.16
#         strength: supporting
#         rationale: Monitoring relies on these logs. The monitoring itself is not shown.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: Handling an incident relies on these logs. The handling itself is not shown.
#       - control: eu-ai-act/19
#         strength: supporting
#         rationale: >-
#           Where a service belongs to a high-risk AI system, shows that its logs are sent to a store that can keep them.
#           How long they are kept is not shown.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set enabled_cloudwatch_logs_exports, or enabled_cluster_log_types with audit and authenticator.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, kubernetes, aws-config]
package exhibit.policies.service_logs_exported

import data.lib.resources

needed_of_clusters := ["audit", "authenticator"]

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, at(r), fix) if {
	some r in judged
	r.type == "database"
	not resources.has_unknown(r, at(r))
	count(exported(r)) == 0
	message := sprintf("Database %s exports no logs.", [r.id])
	fix := sprintf("List the logs of the engine in %s.", [resources.dotted(at(r))])
}

violations contains resources.violation(r, message, at(r), fix) if {
	some r in judged
	r.type == "cluster"
	resources.attribute(r, at(r)).state != "unknown"
	missing := [log | some log in needed_of_clusters; not log in exported(r)]
	count(missing) > 0
	message := sprintf("Cluster %s does not export its log: %s.", [r.id, concat(", ", missing)])
	fix := sprintf("Add %s to enabled_cluster_log_types.", [concat(" and ", missing)])
}

unknowns contains resources.undecided(r, message, at(r)) if {
	some r in judged
	undecided(r)
	message := sprintf("Which logs %s exports is decided outside of what was read.", [r.id])
}

judged := [r | some r in resources.resources; at(r)]

at(r) := r.attributes.log_exports if r.type == "database"

at(r) := ["enabled_cluster_log_types"] if r.type == "cluster"

undecided(r) if resources.is_unknown(r, at(r))

# A list with an expression in it may be empty as well.
undecided(r) if {
	r.type == "database"
	resources.has_unknown(r, at(r))
	count(exported(r)) == 0
}

exported(r) := [log |
	some log in resources.list(resources.attribute(r, at(r)).value)
	is_string(log)
	log != ""
]
