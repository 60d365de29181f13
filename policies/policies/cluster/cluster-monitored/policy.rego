# METADATA
# title: Clusters send their logs and metrics
# description: |
#   GKE clusters send the logs of the system and of the API server, and their metrics; AKS clusters have the agent
#   of Azure Monitor. Logs of EKS are looked at by service-logs-exported.
# custom:
#   exhibit:
#     id: cluster-monitored
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: What happens in a cluster leaves a trace outside of it.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that clusters are logged.
#       - control: iso27001/a.8.16
#         strength: partial
#         rationale: Shows that clusters are monitored.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: An incident in a cluster can be followed.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Monitoring and logging cover clusters.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Leave logging_service and monitoring_service on, list SYSTEM_COMPONENTS and APISERVER in logging_config; add
#       oms_agent or monitor_metrics.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_monitored

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_container_cluster": [
		{
			"at": ["logging_config", 0, "enable_components"],
			"wants": {"contains": ["SYSTEM_COMPONENTS", "APISERVER"]},
			"absent": "unknown",
			"problem": "does not send the logs of system and API server",
			"fix": "List SYSTEM_COMPONENTS and APISERVER in logging_config.",
		},
		{
			"at": ["logging_service"],
			"wants": {"none_of": ["none"]},
			"absent": "pass",
			"problem": "sends no logs",
			"fix": `Set logging_service to "logging.googleapis.com/kubernetes".`,
		},
		{
			"at": ["monitoring_service"],
			"wants": {"none_of": ["none"]},
			"absent": "pass",
			"problem": "sends no metrics",
			"fix": `Set monitoring_service to "monitoring.googleapis.com/kubernetes".`,
		},
	],
	"azurerm_kubernetes_cluster": [{
		"at": ["oms_agent", 0, "log_analytics_workspace_id"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no agent that sends its logs",
		"fix": "Add oms_agent with a workspace.",
	}],
	"Microsoft.ContainerService/managedClusters": [{
		"at": [["properties", "addonProfiles", "omsagent", "enabled"], ["properties", "addonProfiles", "omsAgent", "enabled"]],
		"wants": "true",
		"absent": "fail",
		"problem": "has no agent that sends its logs",
		"fix": "Set enabled to true in omsagent of addonProfiles, with a workspace.",
	}],
}
