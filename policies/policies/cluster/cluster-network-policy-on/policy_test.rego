package exhibit.policies.cluster_network_policy_on_test

import data.exhibit.policies.cluster_network_policy_on as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_container_cluster if {
	cases := [
		[{"network_policy": [{"enabled": true}]}, {}, "pass"],
		[{"network_policy": [{"enabled": false}]}, {}, "fail"],
		[{"network_policy": [{}]}, {}, "fail"],
		[{"network_policy": [{}]}, {"network_policy": [{"enabled": true}]}, "unknown"],
		[{"datapath_provider": "ADVANCED_DATAPATH"}, {}, "pass"],
		[{"datapath_provider": "LEGACY_DATAPATH"}, {}, "fail"],
		[{"enable_autopilot": true}, {}, "pass"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"network_profile": [{"network_policy": "cilium"}]}, {}, "pass"],
		[{"network_profile": [{"network_policy": "none"}]}, {}, "fail"],
		[{"network_profile": [{}]}, {}, "fail"],
		[{"network_profile": [{}]}, {"network_profile": [{"network_policy": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_container_cluster.a does not enforce network policies."} with input as testing.plan([["google_container_cluster", "a", {"network_policy": [{"enabled": false}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"networkProfile": {"networkPolicy": "calico"}}}, "pass"],
		[{"properties": {"networkProfile": {"networkPolicy": "cilium"}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"networkProfile": {"networkPolicy": "none"}}}, "fail"],
		[{"properties": {"networkProfile": {"networkPolicy": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
