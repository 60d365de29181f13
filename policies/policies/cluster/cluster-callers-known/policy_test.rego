package exhibit.policies.cluster_callers_known_test

import data.exhibit.policies.cluster_callers_known as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_eks_cluster if {
	cases := [
		[{"access_config": [{"authentication_mode": "API"}]}, {}, "pass"],
		[{"access_config": [{"authentication_mode": "CONFIG_MAP"}]}, {}, "fail"],
		[{"access_config": [{}]}, {}, "unknown"],
		[{"access_config": [{}]}, {"access_config": [{"authentication_mode": true}]}, "unknown"],
	]
	testing.verdicts("aws_eks_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_eks_cluster", cases)
}

test_google_container_cluster if {
	cases := [
		[{"enable_legacy_abac": false, "master_auth": [{"client_certificate_config": [{"issue_client_certificate": false}]}]}, {}, "pass"],
		[{"enable_legacy_abac": true, "master_auth": [{"client_certificate_config": [{"issue_client_certificate": false}]}]}, {}, "fail"],
		[{"master_auth": [{"client_certificate_config": [{"issue_client_certificate": false}]}]}, {}, "pass"],
		[{"master_auth": [{"client_certificate_config": [{"issue_client_certificate": false}]}]}, {"enable_legacy_abac": true}, "unknown"],
		[{"enable_legacy_abac": false, "master_auth": [{"client_certificate_config": [{"issue_client_certificate": true}]}]}, {}, "fail"],
		[{"enable_legacy_abac": false, "master_auth": [{"client_certificate_config": [{}]}]}, {}, "pass"],
		[{"enable_legacy_abac": false, "master_auth": [{"client_certificate_config": [{}]}]}, {"master_auth": [{"client_certificate_config": [{"issue_client_certificate": true}]}]}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"local_account_disabled": true, "role_based_access_control_enabled": true}, {}, "pass"],
		[{"local_account_disabled": false, "role_based_access_control_enabled": true}, {}, "fail"],
		[{"role_based_access_control_enabled": true}, {}, "fail"],
		[{"role_based_access_control_enabled": true}, {"local_account_disabled": true}, "unknown"],
		[{"local_account_disabled": true, "role_based_access_control_enabled": false}, {}, "fail"],
		[{"local_account_disabled": true}, {}, "pass"],
		[{"local_account_disabled": true}, {"role_based_access_control_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_eks_cluster.a takes access from a config map only."} with input as testing.plan([["aws_eks_cluster", "a", {"access_config": [{"authentication_mode": "CONFIG_MAP"}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"disableLocalAccounts": true}}, "pass"],
		[{"properties": {"disableLocalAccounts": true, "enableRBAC": true}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAccounts": true, "enableRBAC": false}}, "fail"],
		[{"properties": {"disableLocalAccounts": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
