package exhibit.policies.cluster_nodes_private_test

import data.exhibit.policies.cluster_nodes_private as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_container_cluster if {
	cases := [
		[{"private_cluster_config": [{"enable_private_nodes": true}]}, {}, "pass"],
		[{"private_cluster_config": [{"enable_private_nodes": false}]}, {}, "fail"],
		[{"private_cluster_config": [{}]}, {}, "fail"],
		[{"private_cluster_config": [{}]}, {"private_cluster_config": [{"enable_private_nodes": true}]}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"default_node_pool": [{"node_public_ip_enabled": false}]}, {}, "pass"],
		[{"default_node_pool": [{"node_public_ip_enabled": true}]}, {}, "fail"],
		[{"default_node_pool": [{}]}, {}, "pass"],
		[{"default_node_pool": [{}]}, {"default_node_pool": [{"node_public_ip_enabled": true}]}, "unknown"],
		[{"default_node_pool": [{"enable_node_public_ip": false}]}, {}, "pass"],
		[{"default_node_pool": [{"enable_node_public_ip": true}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_azurerm_kubernetes_cluster_node_pool if {
	cases := [
		[{"node_public_ip_enabled": false}, {}, "pass"],
		[{"node_public_ip_enabled": true}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"node_public_ip_enabled": true}, "unknown"],
		[{"enable_node_public_ip": false}, {}, "pass"],
		[{"enable_node_public_ip": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_kubernetes_cluster_node_pool", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster_node_pool", cases)
}

test_aws_eks_node_group if {
	cases := [
		[{"remote_access": [{"ec2_ssh_key": "operators", "source_security_group_ids": ["sg-0a1b2c3d"]}]}, {}, "pass"],
		[{"remote_access": [{"ec2_ssh_key": "operators", "source_security_group_ids": []}]}, {}, "fail"],
		[{"remote_access": [{"ec2_ssh_key": "operators"}]}, {}, "fail"],
		[{"remote_access": [{"ec2_ssh_key": "operators"}]}, {"remote_access": [{"source_security_group_ids": true}]}, "pass"],
		[{"remote_access": []}, {}, "pass"],
	]
	testing.verdicts("aws_eks_node_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_eks_node_group", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_container_cluster.a gives its nodes public addresses."} with input as testing.plan([["google_container_cluster", "a", {"private_cluster_config": [{"enable_private_nodes": false}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"agentPoolProfiles": [{"name": "system", "enableNodePublicIP": false}]}}, "pass"],
		[{"properties": {"agentPoolProfiles": [{"name": "system"}]}}, "pass"],
		[{"properties": {"agentPoolProfiles": [{"name": "system", "enableNodePublicIP": true}]}}, "fail"],
		[{"properties": {"agentPoolProfiles": [{"name": "system", "enableNodePublicIP": false}, {"name": "edge", "enableNodePublicIP": true}]}}, "fail"],
		[{"properties": {"agentPoolProfiles": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}

test_arm_container_service_managed_clusters_agent_pools if {
	cases := [
		[{"properties": {"enableNodePublicIP": false}}, "pass"],
		[{"properties": {"enableNodePublicIP": true}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"enableNodePublicIP": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters/agentPools", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters/agentPools", cases)
}
