package exhibit.policies.store_network_restricted_test

import data.exhibit.policies.store_network_restricted as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_storage_account if {
	cases := [
		[{"network_rules": [{"default_action": "Deny"}]}, {}, "pass"],
		[{"network_rules": [{"default_action": "Allow"}]}, {}, "fail"],
		[{"network_rules": [{}]}, {}, "fail"],
		[{"network_rules": [{}]}, {"network_rules": [{"default_action": true}]}, "unknown"],
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"public_network_access_enabled": true, "network_rules": []}, {}, "fail"],
		[{"network_rules": [{"default_action": "Allow"}]}, {"public_network_access_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_storage_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_storage_account", cases)
}

test_azurerm_storage_account_network_rules if {
	cases := [
		[{"default_action": "Deny"}, {}, "pass"],
		[{"default_action": "Allow"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"default_action": true}, "unknown"],
	]
	testing.verdicts("azurerm_storage_account_network_rules", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_storage_account_network_rules", cases)
}

test_azurerm_key_vault if {
	cases := [
		[{"network_acls": [{"default_action": "Deny"}]}, {}, "pass"],
		[{"network_acls": [{"default_action": "Allow"}]}, {}, "fail"],
		[{"network_acls": [{}]}, {}, "fail"],
		[{"network_acls": [{}]}, {"network_acls": [{"default_action": true}]}, "unknown"],
		[{"public_network_access_enabled": false}, {}, "pass"],
	]
	testing.verdicts("azurerm_key_vault", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_key_vault", cases)
}

test_azurerm_container_registry if {
	cases := [
		[{"network_rule_set": [{"default_action": "Deny"}]}, {}, "pass"],
		[{"network_rule_set": [{"default_action": "Allow"}]}, {}, "fail"],
		[{"network_rule_set": [{}]}, {}, "fail"],
		[{"network_rule_set": [{}]}, {"network_rule_set": [{"default_action": true}]}, "unknown"],
		[{"public_network_access_enabled": false}, {}, "pass"],
	]
	testing.verdicts("azurerm_container_registry", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_container_registry", cases)
}

test_azurerm_cosmosdb_account if {
	cases := [
		[{"is_virtual_network_filter_enabled": true}, {}, "pass"],
		[{"is_virtual_network_filter_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"is_virtual_network_filter_enabled": true}, "unknown"],
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"ip_range_filter": ["203.0.113.7"]}, {}, "pass"],
	]
	testing.verdicts("azurerm_cosmosdb_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cosmosdb_account", cases)
}

test_aws_opensearch_domain if {
	cases := [
		[{"vpc_options": [{"subnet_ids": ["subnet-0a1b2c3d"]}]}, {}, "pass"],
		[{"vpc_options": [{"subnet_ids": []}]}, {}, "fail"],
		[{"vpc_options": [{}]}, {}, "fail"],
		[{"vpc_options": [{}]}, {"vpc_options": [{"subnet_ids": true}]}, "pass"],
	]
	testing.verdicts("aws_opensearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_opensearch_domain", cases)
}

test_aws_elasticsearch_domain if {
	cases := [
		[{"vpc_options": [{"subnet_ids": ["subnet-0a1b2c3d"]}]}, {}, "pass"],
		[{"vpc_options": [{"subnet_ids": []}]}, {}, "fail"],
	]
	testing.verdicts("aws_elasticsearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticsearch_domain", cases)
}

test_google_sql_database_instance if {
	cases := [
		[{"settings": [{"ip_configuration": [{"authorized_networks": [{"value": "203.0.113.0/24"}]}]}]}, {}, "pass"],
		[{"settings": [{"ip_configuration": [{"authorized_networks": [{"value": "0.0.0.0/0"}]}]}]}, {}, "fail"],
		[{"settings": [{"ip_configuration": [{"authorized_networks": [{}]}]}]}, {}, "fail"],
		[{"settings": [{"ip_configuration": [{"authorized_networks": [{}]}]}]}, {"settings": [{"ip_configuration": [{"authorized_networks": [{"value": true}]}]}]}, "unknown"],
		[{"settings": [{"ip_configuration": [{"authorized_networks": []}]}]}, {}, "pass"],
	]
	testing.verdicts("google_sql_database_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_sql_database_instance", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_storage_account.a answers to every network."} with input as testing.plan([["azurerm_storage_account", "a", {"network_rules": [{"default_action": "Allow"}]}]])
}

test_arm_storage_storage_accounts if {
	cases := [
		[{"properties": {"networkAcls": {"defaultAction": "Deny"}}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"networkAcls": {"defaultAction": "Allow"}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"networkAcls": {"defaultAction": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts", cases)
}

test_arm_key_vault_vaults if {
	cases := [
		[{"properties": {"networkAcls": {"defaultAction": "Deny"}}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"networkAcls": {"defaultAction": "Allow"}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"networkAcls": {"defaultAction": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.KeyVault/vaults", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.KeyVault/vaults", cases)
}

test_arm_container_registry_registries if {
	cases := [
		[{"properties": {"networkRuleSet": {"defaultAction": "Deny"}}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"networkRuleSet": {"defaultAction": "Allow"}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"networkRuleSet": {"defaultAction": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerRegistry/registries", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerRegistry/registries", cases)
}

test_arm_document_db_database_accounts if {
	cases := [
		[{"properties": {"isVirtualNetworkFilterEnabled": true}}, "pass"],
		[{"properties": {"ipRules": [{"ipAddressOrRange": "198.51.100.0/24"}]}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DocumentDB/databaseAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DocumentDB/databaseAccounts", cases)
}

test_arm_compute_disks if {
	cases := [
		[{"properties": {"networkAccessPolicy": "DenyAll"}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"networkAccessPolicy": "AllowAll"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"networkAccessPolicy": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Compute/disks", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Compute/disks", cases)
}

test_azurerm_managed_disk if {
	cases := [
		[{"network_access_policy": "DenyAll"}, {}, "pass"],
		[{"network_access_policy": "AllowPrivate"}, {}, "pass"],
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"network_access_policy": "AllowAll"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"network_access_policy": true}, "unknown"],
	]
	testing.verdicts("azurerm_managed_disk", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_managed_disk", cases)
}
