package exhibit.policies.db_not_public_test

import data.exhibit.policies.db_not_public as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

test_public if failed([["aws_db_instance", "a", {"publicly_accessible": true}]]) == {"aws_db_instance.a"}

test_private if failed([["aws_db_instance", "a", {"publicly_accessible": false}], ["aws_db_instance", "b", {}]]) == set()

test_member_of_a_cluster if {
	failed([["aws_rds_cluster_instance", "a", {"publicly_accessible": true}]]) == {"aws_rds_cluster_instance.a"}
}

test_public_by_default if {
	failed([["google_sql_database_instance", "a", {"settings": [{"ip_configuration": []}]}]]) == {"google_sql_database_instance.a"}
	failed([["google_sql_database_instance", "a", {"settings": [{"ip_configuration": [{"ipv4_enabled": false}]}]}]]) == set()
	failed([["azurerm_postgresql_flexible_server", "a", {}]]) == {"azurerm_postgresql_flexible_server.a"}
}

test_known_after_apply if {
	undecided([["aws_rds_cluster_instance", "a", {}, {"publicly_accessible": true}]]) == {"aws_rds_cluster_instance.a"}
	failed([["aws_rds_cluster_instance", "a", {}, {"publicly_accessible": true}]]) == set()
}

test_services_without_public_addresses_are_left_out if {
	policy.population == set() with input as testing.plan([["aws_dynamodb_table", "a", {}], ["aws_rds_cluster", "b", {}]])
}

test_message if {
	[[v.path[4], v.fix] | some v in policy.violations] == [["publicly_accessible", "Set publicly_accessible to false."]] with input as testing.plan([["aws_db_instance", "a", {"publicly_accessible": true}]])
}

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_template if {
	of(testing.template("AWS::RDS::DBInstance", {"PubliclyAccessible": false})) == "pass"
	of(testing.template("AWS::RDS::DBInstance", {"PubliclyAccessible": true})) == "fail"
	of(testing.template("AWS::RDS::DBInstance", {"DBClusterIdentifier": "c", "PubliclyAccessible": "true"})) == "fail"
	of(testing.template("AWS::RDS::DBInstance", {"PubliclyAccessible": {"Ref": "P"}})) == "unknown"

	# The subnets decide.
	of(testing.template("AWS::RDS::DBInstance", {})) == "unknown"
	of(testing.template("AWS::Redshift::Cluster", {})) == "pass"
	not of(testing.template("AWS::RDS::DBCluster", {}))
}

test_live_instance if {
	of(testing.item("AWS::RDS::DBInstance", {"publiclyAccessible": true}, {})) == "fail"
	of(testing.item("AWS::RDS::DBInstance", {"publiclyAccessible": true, "dBClusterIdentifier": "c"}, {})) == "fail"
	of(testing.item("AWS::Redshift::Cluster", {"publiclyAccessible": false}, {})) == "pass"
	of(testing.item("AWS::RDS::DBInstance", null, {})) == "unknown"
}

verdict(type, values, unknown) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan([[type, "a", values, unknown]])
}

test_more_services if {
	every type in ["azurerm_mssql_server", "azurerm_cosmosdb_account", "azurerm_redis_cache", "azurerm_postgresql_server"] {
		verdict(type, {"public_network_access_enabled": false}, {}) == "pass"
		verdict(type, {"public_network_access_enabled": true}, {}) == "fail"
		verdict(type, {}, {}) == "fail"
		verdict(type, {}, {"public_network_access_enabled": true}) == "unknown"
	}
	every type in ["aws_dms_replication_instance", "aws_mq_broker", "aws_redshiftserverless_workgroup"] {
		verdict(type, {"publicly_accessible": false}, {}) == "pass"
		verdict(type, {"publicly_accessible": true}, {}) == "fail"
		verdict(type, {}, {}) == "pass"
	}
	verdict("azurerm_mysql_flexible_server", {"public_network_access": "Disabled"}, {}) == "pass"
	verdict("azurerm_mysql_flexible_server", {"public_network_access": "Enabled"}, {}) == "fail"
	verdict("azurerm_mssql_managed_instance", {"public_data_endpoint_enabled": true}, {}) == "fail"
	verdict("azurerm_mssql_managed_instance", {}, {}) == "pass"
	verdict("google_alloydb_instance", {"network_config": [{"enable_public_ip": true}]}, {}) == "fail"
	verdict("google_alloydb_instance", {"network_config": []}, {}) == "pass"
}

test_arm_sql_servers if {
	cases := [
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Enabled"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers", cases)
}

test_arm_sql_managed_instances if {
	cases := [
		[{"properties": {"publicDataEndpointEnabled": true}}, "fail"],
		[{"properties": {}}, "pass"],
	]
	testing.arm_verdicts("Microsoft.Sql/managedInstances", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/managedInstances", cases)
}

test_arm_dbfor_postgre_sql_flexible_servers if {
	cases := [
		[{"properties": {"network": {"publicNetworkAccess": "Disabled"}}}, "pass"],
		[{"properties": {"network": {"delegatedSubnetResourceId": "/subscriptions/s/x"}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"network": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DBforPostgreSQL/flexibleServers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DBforPostgreSQL/flexibleServers", cases)
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
	sql := ["sqladmin.googleapis.com/Instance", "//cloudsql.googleapis.com/projects/shop/instances/orders"]
	listed(testing.assets([array.concat(sql, [{"settings": {"ipConfiguration": {"ipv4Enabled": true}}}])])) == "fail"
	listed(testing.assets([array.concat(sql, [{"settings": {"ipConfiguration": {"ipv4Enabled": false}}}])])) == "pass"
	listed(testing.assets([array.concat(sql, [{"settings": {}}])])) == "unknown"
	listed(testing.azure([["Microsoft.Sql/servers", "sql", {"publicNetworkAccess": "Disabled"}]])) == "pass"
	listed(testing.azure([["Microsoft.Sql/servers", "sql", {"publicNetworkAccess": "Enabled"}]])) == "fail"
	listed(testing.azure([["Microsoft.Sql/servers", "sql", {}]])) == "unknown"
}
