package exhibit.policies.cluster_monitored_test

import data.exhibit.policies.cluster_monitored as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_container_cluster if {
	cases := [
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "pass"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "fail"],
		[{"logging_config": [{"enable_components": ["APISERVER"]}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "fail"],
		[{"logging_config": [{"enable_components": []}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "fail"],
		[{"logging_config": [{}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "unknown"],
		[{"logging_config": [{}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {"logging_config": [{"enable_components": true}]}, "unknown"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "logging_service": "none", "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "fail"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {}, "pass"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "monitoring_service": "monitoring.googleapis.com/kubernetes"}, {"logging_service": true}, "unknown"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "none"}, {}, "fail"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "logging_service": "logging.googleapis.com/kubernetes"}, {}, "pass"],
		[{"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]}], "logging_service": "logging.googleapis.com/kubernetes"}, {"monitoring_service": true}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"oms_agent": [{"log_analytics_workspace_id": "/subscriptions/1/resourceGroups/shop/providers/Microsoft.OperationalInsights/workspaces/shop"}]}, {}, "pass"],
		[{"oms_agent": [{"log_analytics_workspace_id": ""}]}, {}, "fail"],
		[{"oms_agent": [{}]}, {}, "fail"],
		[{"oms_agent": [{}]}, {"oms_agent": [{"log_analytics_workspace_id": true}]}, "pass"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_container_cluster.a does not send the logs of system and API server."} with input as testing.plan([["google_container_cluster", "a", {"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}], "logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"addonProfiles": {"omsagent": {"enabled": true}}}}, "pass"],
		[{"properties": {"addonProfiles": {"omsAgent": {"enabled": true}}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"addonProfiles": {"omsagent": {"enabled": false}}}}, "fail"],
		[{"properties": {"addonProfiles": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
