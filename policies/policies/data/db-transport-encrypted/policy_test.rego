package exhibit.policies.db_transport_encrypted_test

import data.exhibit.policies.db_transport_encrypted as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_elasticache_replication_group if {
	cases := [
		[{"transit_encryption_enabled": true}, {}, "pass"],
		[{"transit_encryption_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"transit_encryption_enabled": true}, "unknown"],
	]
	testing.verdicts("aws_elasticache_replication_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticache_replication_group", cases)
}

test_aws_memorydb_cluster if {
	cases := [
		[{"tls_enabled": true}, {}, "pass"],
		[{"tls_enabled": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"tls_enabled": true}, "unknown"],
	]
	testing.verdicts("aws_memorydb_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_memorydb_cluster", cases)
}

test_aws_dax_cluster if {
	cases := [
		[{"cluster_endpoint_encryption_type": "TLS"}, {}, "pass"],
		[{"cluster_endpoint_encryption_type": "NONE"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"cluster_endpoint_encryption_type": true}, "unknown"],
	]
	testing.verdicts("aws_dax_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_dax_cluster", cases)
}

test_aws_msk_cluster if {
	cases := [
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS", "in_cluster": true}]}]}, {}, "pass"],
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT", "in_cluster": true}]}]}, {}, "fail"],
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "PLAINTEXT", "in_cluster": true}]}]}, {}, "fail"],
		[{"encryption_info": [{"encryption_in_transit": [{"in_cluster": true}]}]}, {}, "pass"],
		[{"encryption_info": [{"encryption_in_transit": [{"in_cluster": true}]}]}, {"encryption_info": [{"encryption_in_transit": [{"client_broker": true}]}]}, "unknown"],
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS", "in_cluster": false}]}]}, {}, "fail"],
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS"}]}]}, {}, "pass"],
		[{"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS"}]}]}, {"encryption_info": [{"encryption_in_transit": [{"in_cluster": true}]}]}, "unknown"],
	]
	testing.verdicts("aws_msk_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_msk_cluster", cases)
}

test_aws_opensearch_domain if {
	cases := [
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{"enabled": true}]}, {}, "pass"],
		[{"domain_endpoint_options": [{"enforce_https": false}], "node_to_node_encryption": [{"enabled": true}]}, {}, "fail"],
		[{"domain_endpoint_options": [{}], "node_to_node_encryption": [{"enabled": true}]}, {}, "fail"],
		[{"domain_endpoint_options": [{}], "node_to_node_encryption": [{"enabled": true}]}, {"domain_endpoint_options": [{"enforce_https": true}]}, "unknown"],
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{"enabled": false}]}, {}, "fail"],
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{}]}, {}, "fail"],
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{}]}, {"node_to_node_encryption": [{"enabled": true}]}, "unknown"],
	]
	testing.verdicts("aws_opensearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_opensearch_domain", cases)
}

test_aws_elasticsearch_domain if {
	cases := [
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{"enabled": true}]}, {}, "pass"],
		[{"domain_endpoint_options": [{"enforce_https": false}], "node_to_node_encryption": [{"enabled": true}]}, {}, "fail"],
		[{"domain_endpoint_options": [{"enforce_https": true}], "node_to_node_encryption": [{"enabled": false}]}, {}, "fail"],
	]
	testing.verdicts("aws_elasticsearch_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticsearch_domain", cases)
}

test_google_sql_database_instance if {
	cases := [
		[{"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY"}]}]}, {}, "pass"],
		[{"settings": [{"ip_configuration": [{"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}]}]}, {}, "fail"],
		[{"settings": [{"ip_configuration": [{}]}]}, {}, "fail"],
		[{"settings": [{"ip_configuration": [{}]}]}, {"settings": [{"ip_configuration": [{"ssl_mode": true}]}]}, "unknown"],
		[{"settings": [{"ip_configuration": [{"require_ssl": true}]}]}, {}, "pass"],
	]
	testing.verdicts("google_sql_database_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_sql_database_instance", cases)
}

test_google_redis_instance if {
	cases := [
		[{"transit_encryption_mode": "SERVER_AUTHENTICATION"}, {}, "pass"],
		[{"transit_encryption_mode": "DISABLED"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"transit_encryption_mode": true}, "unknown"],
	]
	testing.verdicts("google_redis_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_redis_instance", cases)
}

test_google_alloydb_instance if {
	cases := [
		[{"client_connection_config": [{"ssl_config": [{"ssl_mode": "ENCRYPTED_ONLY"}]}]}, {}, "pass"],
		[{"client_connection_config": [{"ssl_config": [{"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}]}]}, {}, "fail"],
		[{"client_connection_config": [{"ssl_config": [{}]}]}, {}, "unknown"],
		[{"client_connection_config": [{"ssl_config": [{}]}]}, {"client_connection_config": [{"ssl_config": [{"ssl_mode": true}]}]}, "unknown"],
	]
	testing.verdicts("google_alloydb_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_alloydb_instance", cases)
}

test_azurerm_redis_cache if {
	cases := [
		[{"non_ssl_port_enabled": false}, {}, "pass"],
		[{"non_ssl_port_enabled": true}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"non_ssl_port_enabled": true}, "unknown"],
		[{"enable_non_ssl_port": false}, {}, "pass"],
		[{"enable_non_ssl_port": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_redis_cache", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_redis_cache", cases)
}

test_azurerm_postgresql_flexible_server_configuration if {
	cases := [
		[{"name": "require_secure_transport", "value": "on"}, {}, "pass"],
		[{"name": "require_secure_transport", "value": "OFF"}, {}, "fail"],
		[{"name": "require_secure_transport"}, {}, "fail"],
		[{"name": "require_secure_transport"}, {"value": true}, "unknown"],
		[{"name": "log_checkpoints", "value": "off"}, {}, "none"],
	]
	testing.verdicts("azurerm_postgresql_flexible_server_configuration", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_postgresql_flexible_server_configuration", cases)
}

test_azurerm_mysql_flexible_server_configuration if {
	cases := [
		[{"name": "require_secure_transport", "value": "on"}, {}, "pass"],
		[{"name": "require_secure_transport", "value": "OFF"}, {}, "fail"],
	]
	testing.verdicts("azurerm_mysql_flexible_server_configuration", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mysql_flexible_server_configuration", cases)
}

test_azurerm_postgresql_server if {
	cases := [
		[{"ssl_enforcement_enabled": true}, {}, "pass"],
		[{"ssl_enforcement_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"ssl_enforcement_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_postgresql_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_postgresql_server", cases)
}

test_azurerm_mysql_server if {
	cases := [
		[{"ssl_enforcement_enabled": true}, {}, "pass"],
		[{"ssl_enforcement_enabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_mysql_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mysql_server", cases)
}

test_azurerm_mariadb_server if {
	cases := [
		[{"ssl_enforcement_enabled": true}, {}, "pass"],
		[{"ssl_enforcement_enabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_mariadb_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mariadb_server", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_elasticache_replication_group.a takes connections without encryption."} with input as testing.plan([["aws_elasticache_replication_group", "a", {"transit_encryption_enabled": false}]])
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_listing if {
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {"settings": {"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}}}]])) == "pass"
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {"settings": {"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}}}]])) == "fail"
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {}]])) == "unknown"
}
