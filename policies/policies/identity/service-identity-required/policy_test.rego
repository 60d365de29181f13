package exhibit.policies.service_identity_required_test

import data.exhibit.policies.service_identity_required as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_storage_account if {
	cases := [
		[{"shared_access_key_enabled": false}, {}, "pass"],
		[{"shared_access_key_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"shared_access_key_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_storage_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_storage_account", cases)
}

test_azurerm_container_registry if {
	cases := [
		[{"admin_enabled": false, "anonymous_pull_enabled": false}, {}, "pass"],
		[{"admin_enabled": true, "anonymous_pull_enabled": false}, {}, "fail"],
		[{"anonymous_pull_enabled": false}, {}, "pass"],
		[{"anonymous_pull_enabled": false}, {"admin_enabled": true}, "unknown"],
		[{"admin_enabled": false, "anonymous_pull_enabled": true}, {}, "fail"],
		[{"admin_enabled": false}, {}, "pass"],
		[{"admin_enabled": false}, {"anonymous_pull_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_container_registry", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_container_registry", cases)
}

test_azurerm_cosmosdb_account if {
	cases := [
		[{"local_authentication_enabled": false}, {}, "pass"],
		[{"local_authentication_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"local_authentication_enabled": true}, "unknown"],
		[{"local_authentication_disabled": true}, {}, "pass"],
		[{"local_authentication_disabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_cosmosdb_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cosmosdb_account", cases)
}

test_azurerm_servicebus_namespace if {
	cases := [
		[{"local_auth_enabled": false}, {}, "pass"],
		[{"local_auth_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"local_auth_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_servicebus_namespace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_servicebus_namespace", cases)
}

test_azurerm_cognitive_account if {
	cases := [
		[{"local_auth_enabled": false}, {}, "pass"],
		[{"local_auth_enabled": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_cognitive_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cognitive_account", cases)
}

test_azurerm_eventhub_namespace if {
	cases := [
		[{"local_authentication_enabled": false}, {}, "pass"],
		[{"local_authentication_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"local_authentication_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_eventhub_namespace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_eventhub_namespace", cases)
}

test_azurerm_search_service if {
	cases := [
		[{"local_authentication_enabled": false}, {}, "pass"],
		[{"local_authentication_enabled": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_search_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_search_service", cases)
}

test_azurerm_redis_cache if {
	cases := [
		[{"access_keys_authentication_enabled": false}, {}, "pass"],
		[{"access_keys_authentication_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"access_keys_authentication_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_redis_cache", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_redis_cache", cases)
}

test_google_redis_instance if {
	cases := [
		[{"auth_enabled": true}, {}, "pass"],
		[{"auth_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auth_enabled": true}, "unknown"],
	]
	testing.verdicts("google_redis_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_redis_instance", cases)
}

test_aws_elasticache_replication_group if {
	cases := [
		[{"auth_token": "(sensitive)"}, {}, "pass"],
		[{"auth_token": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auth_token": true}, "unknown"],
		[{"user_group_ids": ["shop"]}, {}, "pass"],
		[{"user_group_ids": []}, {}, "fail"],
		[{}, {"user_group_ids": true}, "pass"],
	]
	testing.verdicts("aws_elasticache_replication_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticache_replication_group", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_storage_account.a can be used with its account key."} with input as testing.plan([["azurerm_storage_account", "a", {"shared_access_key_enabled": true}]])
}

test_arm_storage_storage_accounts if {
	cases := [
		[{"properties": {"allowSharedKeyAccess": false}}, "pass"],
		[{"properties": {"allowSharedKeyAccess": true}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"allowSharedKeyAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts", cases)
}

test_arm_container_registry_registries if {
	cases := [
		[{"properties": {"adminUserEnabled": false}}, "pass"],
		[{"properties": {}}, "pass"],
		[{"properties": {"adminUserEnabled": true}}, "fail"],
		[{"properties": {"anonymousPullEnabled": true}}, "fail"],
		[{"properties": {"adminUserEnabled": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ContainerRegistry/registries", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ContainerRegistry/registries", cases)
}

test_arm_document_db_database_accounts if {
	cases := [
		[{"properties": {"disableLocalAuth": true}}, "pass"],
		[{"properties": {"disableLocalAuth": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAuth": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DocumentDB/databaseAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DocumentDB/databaseAccounts", cases)
}

test_arm_service_bus_namespaces if {
	cases := [
		[{"properties": {"disableLocalAuth": true}}, "pass"],
		[{"properties": {"disableLocalAuth": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAuth": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ServiceBus/namespaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ServiceBus/namespaces", cases)
}

test_arm_event_hub_namespaces if {
	cases := [
		[{"properties": {"disableLocalAuth": true}}, "pass"],
		[{"properties": {"disableLocalAuth": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAuth": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.EventHub/namespaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.EventHub/namespaces", cases)
}

test_arm_cognitive_services_accounts if {
	cases := [
		[{"properties": {"disableLocalAuth": true}}, "pass"],
		[{"properties": {"disableLocalAuth": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAuth": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.CognitiveServices/accounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.CognitiveServices/accounts", cases)
}

test_arm_search_search_services if {
	cases := [
		[{"properties": {"disableLocalAuth": true}}, "pass"],
		[{"properties": {"disableLocalAuth": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableLocalAuth": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Search/searchServices", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Search/searchServices", cases)
}

test_arm_cache_redis if {
	cases := [
		[{"properties": {"disableAccessKeyAuthentication": true}}, "pass"],
		[{"properties": {"disableAccessKeyAuthentication": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"disableAccessKeyAuthentication": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Cache/redis", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Cache/redis", cases)
}
