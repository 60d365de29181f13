package exhibit.policies.cluster_endpoint_restricted_test

import data.exhibit.policies.cluster_endpoint_restricted as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_eks_cluster if {
	cases := [
		[{"vpc_config": [{"endpoint_public_access": false}]}, {}, "pass"],
		[{"vpc_config": [{"endpoint_public_access": true}]}, {}, "fail"],
		[{"vpc_config": [{}]}, {}, "fail"],
		[{"vpc_config": [{}]}, {"vpc_config": [{"endpoint_public_access": true}]}, "unknown"],
		[{"vpc_config": [{"endpoint_public_access": true, "public_access_cidrs": ["203.0.113.0/24"]}]}, {}, "pass"],
		[{"vpc_config": [{"endpoint_public_access": true, "public_access_cidrs": ["203.0.113.0/24", "0.0.0.0/0"]}]}, {}, "fail"],
		[{"vpc_config": [{"endpoint_public_access": true, "public_access_cidrs": []}]}, {}, "fail"],
		[{"vpc_config": [{"endpoint_public_access": true}]}, {"vpc_config": [{"public_access_cidrs": true}]}, "unknown"],
	]
	testing.verdicts("aws_eks_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_eks_cluster", cases)
}

test_google_container_cluster if {
	cases := [
		[{"private_cluster_config": [{"enable_private_endpoint": true}]}, {}, "pass"],
		[{"private_cluster_config": [{"enable_private_endpoint": false}]}, {}, "fail"],
		[{"private_cluster_config": [{}]}, {}, "fail"],
		[{"private_cluster_config": [{}]}, {"private_cluster_config": [{"enable_private_endpoint": true}]}, "unknown"],
		[{"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "203.0.113.0/24", "display_name": "office"}]}]}, {}, "pass"],
		[{"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "0.0.0.0/0", "display_name": "all"}]}]}, {}, "fail"],
		[{"master_authorized_networks_config": [{"cidr_blocks": []}]}, {}, "pass"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"private_cluster_enabled": true}, {}, "pass"],
		[{"private_cluster_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"private_cluster_enabled": true}, "unknown"],
		[{"api_server_access_profile": [{"authorized_ip_ranges": ["203.0.113.0/24"]}]}, {}, "pass"],
		[{"api_server_authorized_ip_ranges": ["0.0.0.0/0"]}, {}, "fail"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_eks_cluster.a has an API server that answers to every network."} with input as testing.plan([["aws_eks_cluster", "a", {"vpc_config": [{"endpoint_public_access": true}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"apiServerAccessProfile": {"enablePrivateCluster": true}}}, "pass"],
		[{"properties": {"apiServerAccessProfile": {"authorizedIPRanges": ["198.51.100.0/24"]}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"apiServerAccessProfile": {"authorizedIPRanges": ["0.0.0.0/0"]}}}, "fail"],
		[{"properties": {"apiServerAccessProfile": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
