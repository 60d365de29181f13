package exhibit.policies.cluster_secrets_encrypted_test

import data.exhibit.policies.cluster_secrets_encrypted as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_eks_cluster if {
	cases := [
		[{"encryption_config": [{"resources": ["secrets"]}]}, {}, "pass"],
		[{"encryption_config": [{"resources": []}]}, {}, "fail"],
		[{"encryption_config": [{}]}, {}, "fail"],
		[{"encryption_config": [{}]}, {"encryption_config": [{"resources": true}]}, "unknown"],
	]
	testing.verdicts("aws_eks_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_eks_cluster", cases)
}

test_google_container_cluster if {
	cases := [
		[{"database_encryption": [{"state": "ENCRYPTED"}]}, {}, "pass"],
		[{"database_encryption": [{"state": "DECRYPTED"}]}, {}, "fail"],
		[{"database_encryption": [{}]}, {}, "fail"],
		[{"database_encryption": [{}]}, {"database_encryption": [{"state": true}]}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_azurerm_kubernetes_cluster if {
	cases := [
		[{"key_management_service": [{"key_vault_key_id": "https://shop.vault.azure.net/keys/etcd/1"}]}, {}, "pass"],
		[{"key_management_service": [{"key_vault_key_id": ""}]}, {}, "fail"],
		[{"key_management_service": [{}]}, {}, "fail"],
		[{"key_management_service": [{}]}, {"key_management_service": [{"key_vault_key_id": true}]}, "pass"],
	]
	testing.verdicts("azurerm_kubernetes_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_kubernetes_cluster", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_eks_cluster.a keeps secrets without a key of its own."} with input as testing.plan([["aws_eks_cluster", "a", {"encryption_config": [{"resources": []}]}]])
}

test_arm_container_service_managed_clusters if {
	cases := [
		[{"properties": {"securityProfile": {"azureKeyVaultKms": {"enabled": true}}}}, "pass"],
		[{"properties": {"securityProfile": {"azureKeyVaultKms": {"enabled": true, "keyVaultNetworkAccess": "Private"}}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"securityProfile": {"azureKeyVaultKms": {"enabled": false}}}}, "fail"],
		[{"properties": {"securityProfile": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerService/managedClusters", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerService/managedClusters", cases)
}
