package exhibit.policies.cluster_kept_current_test

import data.exhibit.policies.cluster_kept_current as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_container_cluster if {
	cases := [
		[{"release_channel": [{"channel": "REGULAR"}]}, {}, "pass"],
		[{"release_channel": [{"channel": "UNSPECIFIED"}]}, {}, "fail"],
		[{"release_channel": [{}]}, {}, "unknown"],
		[{"release_channel": [{}]}, {"release_channel": [{"channel": true}]}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_google_container_node_pool if {
	cases := [
		[{"management": [{"auto_upgrade": true, "auto_repair": true}]}, {}, "pass"],
		[{"management": [{"auto_upgrade": false, "auto_repair": true}]}, {}, "fail"],
		[{"management": [{"auto_repair": true}]}, {}, "pass"],
		[{"management": [{"auto_repair": true}]}, {"management": [{"auto_upgrade": true}]}, "unknown"],
		[{"management": [{"auto_upgrade": true, "auto_repair": false}]}, {}, "fail"],
		[{"management": [{"auto_upgrade": true}]}, {}, "pass"],
		[{"management": [{"auto_upgrade": true}]}, {"management": [{"auto_repair": true}]}, "unknown"],
	]
	testing.verdicts("google_container_node_pool", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_node_pool", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"automatic_upgrade_channel": "patch", "node_os_upgrade_channel": "NodeImage"}, {}, "pass"],
		[{"automatic_upgrade_channel": "none", "node_os_upgrade_channel": "NodeImage"}, {}, "fail"],
		[{"node_os_upgrade_channel": "NodeImage"}, {}, "fail"],
		[{"node_os_upgrade_channel": "NodeImage"}, {"automatic_upgrade_channel": true}, "unknown"],
		[{"node_os_upgrade_channel": "NodeImage", "automatic_channel_upgrade": "patch"}, {}, "pass"],
		[{"node_os_upgrade_channel": "NodeImage", "automatic_channel_upgrade": "none"}, {}, "fail"],
		[{"automatic_upgrade_channel": "patch", "node_os_upgrade_channel": "None"}, {}, "fail"],
		[{"automatic_upgrade_channel": "patch"}, {}, "unknown"],
		[{"automatic_upgrade_channel": "patch"}, {"node_os_upgrade_channel": true}, "unknown"],
		[{"automatic_upgrade_channel": "patch", "node_os_channel_upgrade": "NodeImage"}, {}, "pass"],
		[{"automatic_upgrade_channel": "patch", "node_os_channel_upgrade": "None"}, {}, "fail"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_container_cluster.a follows no release channel."} with input as testing.plan([["google_container_cluster", "a", {"release_channel": [{"channel": "UNSPECIFIED"}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}}}, "pass"],
		[{"properties": {"autoUpgradeProfile": {"upgradeChannel": "stable", "nodeOSUpgradeChannel": "SecurityPatch"}}}, "pass"],
		[{"properties": {"autoUpgradeProfile": {"upgradeChannel": "none"}}}, "fail"],
		[{"properties": {"autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "None"}}}, "fail"],
		[{"properties": {"autoUpgradeProfile": {"upgradeChannel": "patch"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
