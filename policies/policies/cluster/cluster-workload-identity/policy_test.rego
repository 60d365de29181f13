package exhibit.policies.cluster_workload_identity_test

import data.exhibit.policies.cluster_workload_identity as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_container_cluster if {
	cases := [
		[{"workload_identity_config": [{"workload_pool": "shop-prod.svc.id.goog"}]}, {}, "pass"],
		[{"workload_identity_config": [{"workload_pool": ""}]}, {}, "fail"],
		[{"workload_identity_config": [{}]}, {}, "fail"],
		[{"workload_identity_config": [{}]}, {"workload_identity_config": [{"workload_pool": true}]}, "pass"],
		[{"enable_autopilot": true}, {}, "pass"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_google_container_node_pool if {
	cases := [
		[{"node_config": [{"workload_metadata_config": [{"mode": "GKE_METADATA"}]}]}, {}, "pass"],
		[{"node_config": [{"workload_metadata_config": [{"mode": "GCE_METADATA"}]}]}, {}, "fail"],
		[{"node_config": [{"workload_metadata_config": [{}]}]}, {}, "unknown"],
		[{"node_config": [{"workload_metadata_config": [{}]}]}, {"node_config": [{"workload_metadata_config": [{"mode": true}]}]}, "unknown"],
	]
	testing.verdicts("google_container_node_pool", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_node_pool", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"workload_identity_enabled": true, "oidc_issuer_enabled": true}, {}, "pass"],
		[{"workload_identity_enabled": false, "oidc_issuer_enabled": true}, {}, "fail"],
		[{"oidc_issuer_enabled": true}, {}, "fail"],
		[{"oidc_issuer_enabled": true}, {"workload_identity_enabled": true}, "unknown"],
		[{"workload_identity_enabled": true, "oidc_issuer_enabled": false}, {}, "fail"],
		[{"workload_identity_enabled": true}, {}, "unknown"],
		[{"workload_identity_enabled": true}, {"oidc_issuer_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_container_cluster.a gives pods the identity of their node."} with input as testing.plan([["google_container_cluster", "a", {"workload_identity_config": [{"workload_pool": ""}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"securityProfile": {"workloadIdentity": {"enabled": true}}, "oidcIssuerProfile": {"enabled": true}}}, "pass"],
		[{"properties": {"securityProfile": {"workloadIdentity": {"enabled": true}}, "oidcIssuerProfile": {"enabled": true}, "enableRBAC": true}}, "pass"],
		[{"properties": {"oidcIssuerProfile": {"enabled": true}}}, "fail"],
		[{"properties": {"securityProfile": {"workloadIdentity": {"enabled": true}}, "oidcIssuerProfile": {"enabled": false}}}, "fail"],
		[{"properties": {"securityProfile": {"workloadIdentity": {"enabled": true}}}}, "unknown"],
		[{"properties": {"oidcIssuerProfile": {"enabled": true}, "securityProfile": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
