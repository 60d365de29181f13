package exhibit.policies.tls_version_minimum_test

import data.exhibit.policies.tls_version_minimum as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_storage_account if {
	cases := [
		[{"min_tls_version": "TLS1_2"}, {}, "pass"],
		[{"min_tls_version": "TLS1_0"}, {}, "fail"],
		[{"min_tls_version": "TLS1_1"}, {}, "fail"],
		[{}, {}, "unknown"],
		[{}, {"min_tls_version": true}, "unknown"],
	]
	testing.verdicts("azurerm_storage_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_storage_account", cases)
}

test_azurerm_mssql_server if {
	cases := [
		[{"minimum_tls_version": "1.2"}, {}, "pass"],
		[{"minimum_tls_version": "1.0"}, {}, "fail"],
		[{"minimum_tls_version": "1.1"}, {}, "fail"],
		[{"minimum_tls_version": "Disabled"}, {}, "fail"],
		[{}, {}, "unknown"],
		[{}, {"minimum_tls_version": true}, "unknown"],
	]
	testing.verdicts("azurerm_mssql_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_server", cases)
}

test_azurerm_redis_cache if {
	cases := [
		[{"minimum_tls_version": "1.2"}, {}, "pass"],
		[{"minimum_tls_version": "1.0"}, {}, "fail"],
	]
	testing.verdicts("azurerm_redis_cache", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_redis_cache", cases)
}

test_azurerm_servicebus_namespace if {
	cases := [
		[{"minimum_tls_version": "1.2"}, {}, "pass"],
		[{"minimum_tls_version": "1.0"}, {}, "fail"],
	]
	testing.verdicts("azurerm_servicebus_namespace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_servicebus_namespace", cases)
}

test_azurerm_eventhub_namespace if {
	cases := [
		[{"minimum_tls_version": "1.2"}, {}, "pass"],
		[{"minimum_tls_version": "1.0"}, {}, "fail"],
	]
	testing.verdicts("azurerm_eventhub_namespace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_eventhub_namespace", cases)
}

test_azurerm_cosmosdb_account if {
	cases := [
		[{"minimal_tls_version": "Tls12"}, {}, "pass"],
		[{"minimal_tls_version": "Tls"}, {}, "fail"],
		[{"minimal_tls_version": "Tls11"}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"minimal_tls_version": true}, "unknown"],
	]
	testing.verdicts("azurerm_cosmosdb_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cosmosdb_account", cases)
}

test_azurerm_linux_web_app if {
	cases := [
		[{"site_config": [{"minimum_tls_version": "1.2"}]}, {}, "pass"],
		[{"site_config": [{"minimum_tls_version": "1.0"}]}, {}, "fail"],
		[{"site_config": [{"minimum_tls_version": "1.1"}]}, {}, "fail"],
		[{"site_config": [{}]}, {}, "pass"],
		[{"site_config": [{}]}, {"site_config": [{"minimum_tls_version": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_linux_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_web_app", cases)
}

test_azurerm_windows_web_app if {
	cases := [
		[{"site_config": [{"minimum_tls_version": "1.2"}]}, {}, "pass"],
		[{"site_config": [{"minimum_tls_version": "1.0"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_web_app", cases)
}

test_azurerm_linux_function_app if {
	cases := [
		[{"site_config": [{"minimum_tls_version": "1.2"}]}, {}, "pass"],
		[{"site_config": [{"minimum_tls_version": "1.0"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_function_app", cases)
}

test_azurerm_windows_function_app if {
	cases := [
		[{"site_config": [{"minimum_tls_version": "1.2"}]}, {}, "pass"],
		[{"site_config": [{"minimum_tls_version": "1.0"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_function_app", cases)
}

test_azurerm_application_gateway if {
	cases := [
		[{"ssl_policy": [{"min_protocol_version": "TLSv1_2"}]}, {}, "pass"],
		[{"ssl_policy": [{"min_protocol_version": "TLSv1_0"}]}, {}, "fail"],
		[{"ssl_policy": [{"min_protocol_version": "TLSv1_1"}]}, {}, "fail"],
		[{"ssl_policy": [{}]}, {}, "unknown"],
		[{"ssl_policy": [{}]}, {"ssl_policy": [{"min_protocol_version": true}]}, "unknown"],
		[{"ssl_policy": [{"policy_type": "Predefined", "policy_name": "AppGwSslPolicy20220101"}]}, {}, "pass"],
		[{"ssl_policy": []}, {}, "unknown"],
		[{"ssl_policy": [{"policy_type": "Predefined", "policy_name": "AppGwSslPolicy20150501"}]}, {}, "unknown"],
	]
	testing.verdicts("azurerm_application_gateway", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_application_gateway", cases)
}

test_google_compute_ssl_policy if {
	cases := [
		[{"min_tls_version": "TLS_1_2"}, {}, "pass"],
		[{"min_tls_version": "TLS_1_0"}, {}, "fail"],
		[{"min_tls_version": "TLS_1_1"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"min_tls_version": true}, "unknown"],
	]
	testing.verdicts("google_compute_ssl_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_ssl_policy", cases)
}

test_aws_api_gateway_domain_name if {
	cases := [
		[{"security_policy": "TLS_1_2"}, {}, "pass"],
		[{"security_policy": "TLS_1_0"}, {}, "fail"],
		[{}, {}, "unknown"],
		[{}, {"security_policy": true}, "unknown"],
	]
	testing.verdicts("aws_api_gateway_domain_name", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_api_gateway_domain_name", cases)
}

test_aws_opensearch_domain if {
	cases := [
		[{"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}]}, {}, "pass"],
		[{"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}]}, {}, "fail"],
		[{"domain_endpoint_options": [{}]}, {}, "fail"],
		[{"domain_endpoint_options": [{}]}, {"domain_endpoint_options": [{"tls_security_policy": true}]}, "unknown"],
	]
	testing.verdicts("aws_opensearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_opensearch_domain", cases)
}

test_aws_elasticsearch_domain if {
	cases := [
		[{"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"}]}, {}, "pass"],
		[{"domain_endpoint_options": [{"tls_security_policy": "Policy-Min-TLS-1-0-2019-07"}]}, {}, "fail"],
	]
	testing.verdicts("aws_elasticsearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticsearch_domain", cases)
}

test_aws_transfer_server if {
	cases := [
		[{"security_policy_name": "TransferSecurityPolicy-2024-01"}, {}, "pass"],
		[{"security_policy_name": "TransferSecurityPolicy-2018-11"}, {}, "fail"],
		[{"security_policy_name": "TransferSecurityPolicy-FIPS-2020-06"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"security_policy_name": true}, "unknown"],
	]
	testing.verdicts("aws_transfer_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_transfer_server", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_storage_account.a takes TLS versions before 1.2."} with input as testing.plan([["azurerm_storage_account", "a", {"min_tls_version": "TLS1_0"}]])
}

test_arm_storage_storage_accounts if {
	cases := [
		[{"properties": {"minimumTlsVersion": "TLS1_2"}}, "pass"],
		[{"properties": {"minimumTlsVersion": "TLS1_0"}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"minimumTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts", cases)
}

test_arm_sql_servers if {
	cases := [
		[{"properties": {"minimalTlsVersion": "1.2"}}, "pass"],
		[{"properties": {"minimalTlsVersion": "1.0"}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"minimalTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers", cases)
}

test_arm_cache_redis if {
	cases := [
		[{"properties": {"minimumTlsVersion": "1.2"}}, "pass"],
		[{"properties": {"minimumTlsVersion": "1.0"}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"minimumTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Cache/redis", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Cache/redis", cases)
}

test_arm_service_bus_namespaces if {
	cases := [
		[{"properties": {"minimumTlsVersion": "1.2"}}, "pass"],
		[{"properties": {"minimumTlsVersion": "1.0"}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"minimumTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.ServiceBus/namespaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.ServiceBus/namespaces", cases)
}

test_arm_event_hub_namespaces if {
	cases := [
		[{"properties": {"minimumTlsVersion": "1.2"}}, "pass"],
		[{"properties": {"minimumTlsVersion": "1.0"}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"minimumTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.EventHub/namespaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.EventHub/namespaces", cases)
}

test_arm_document_db_database_accounts if {
	cases := [
		[{"properties": {"minimalTlsVersion": "Tls12"}}, "pass"],
		[{"properties": {"minimalTlsVersion": "Tls"}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"minimalTlsVersion": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DocumentDB/databaseAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DocumentDB/databaseAccounts", cases)
}

test_arm_web_sites if {
	cases := [
		[{"properties": {"siteConfig": {"minTlsVersion": "1.2"}}}, "pass"],
		[{"properties": {"siteConfig": {"minTlsVersion": "1.0"}}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"siteConfig": {"minTlsVersion": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Web/sites", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites", cases)
}

test_arm_web_sites_config if {
	cases := [
		[{"properties": {"minTlsVersion": "1.2"}, "name": "shop/web"}, "pass"],
		[{"properties": {"minTlsVersion": "1.1"}, "name": "desk/web"}, "fail"],
	]
	testing.arm_verdicts("Microsoft.Web/sites/config", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites/config", cases)
}
