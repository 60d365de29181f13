package exhibit.policies.db_zone_redundant_test

import data.exhibit.policies.db_zone_redundant as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_db_instance if {
	cases := [
		[{"multi_az": true}, {}, "pass"],
		[{"multi_az": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"multi_az": true}, "unknown"],
		[{"replicate_source_db": "orders", "multi_az": false}, {}, "none"],
		[{"multi_az": false}, {"replicate_source_db": true}, "none"],
	]
	testing.verdicts("aws_db_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_db_instance", cases)
}

test_aws_elasticache_replication_group if {
	cases := [
		[{"automatic_failover_enabled": true, "multi_az_enabled": true}, {}, "pass"],
		[{"automatic_failover_enabled": false, "multi_az_enabled": true}, {}, "fail"],
		[{"multi_az_enabled": true}, {}, "fail"],
		[{"multi_az_enabled": true}, {"automatic_failover_enabled": true}, "unknown"],
		[{"automatic_failover_enabled": true, "multi_az_enabled": false}, {}, "fail"],
		[{"automatic_failover_enabled": true}, {}, "fail"],
		[{"automatic_failover_enabled": true}, {"multi_az_enabled": true}, "unknown"],
	]
	testing.verdicts("aws_elasticache_replication_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticache_replication_group", cases)
}

test_google_sql_database_instance if {
	cases := [
		[{"settings": [{"availability_type": "REGIONAL"}]}, {}, "pass"],
		[{"settings": [{"availability_type": "ZONAL"}]}, {}, "fail"],
		[{"settings": [{}]}, {}, "fail"],
		[{"settings": [{}]}, {"settings": [{"availability_type": true}]}, "unknown"],
		[{"master_instance_name": "orders", "settings": [{"availability_type": "ZONAL"}]}, {}, "none"],
	]
	testing.verdicts("google_sql_database_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_sql_database_instance", cases)
}

test_google_alloydb_instance if {
	cases := [
		[{"instance_type": "PRIMARY", "availability_type": "REGIONAL"}, {}, "pass"],
		[{"instance_type": "PRIMARY", "availability_type": "ZONAL"}, {}, "fail"],
		[{"instance_type": "PRIMARY"}, {}, "unknown"],
		[{"instance_type": "PRIMARY"}, {"availability_type": true}, "unknown"],
	]
	testing.verdicts("google_alloydb_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_alloydb_instance", cases)
}

test_google_redis_instance if {
	cases := [
		[{"tier": "STANDARD_HA"}, {}, "pass"],
		[{"tier": "BASIC"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"tier": true}, "unknown"],
	]
	testing.verdicts("google_redis_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_redis_instance", cases)
}

test_azurerm_postgresql_flexible_server if {
	cases := [
		[{"high_availability": [{"mode": "ZoneRedundant"}]}, {}, "pass"],
		[{"high_availability": [{"mode": "SameZone"}]}, {}, "fail"],
		[{"high_availability": [{}]}, {}, "fail"],
		[{"high_availability": [{}]}, {"high_availability": [{"mode": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_postgresql_flexible_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_postgresql_flexible_server", cases)
}

test_azurerm_mysql_flexible_server if {
	cases := [
		[{"high_availability": [{"mode": "ZoneRedundant"}]}, {}, "pass"],
		[{"high_availability": [{"mode": "SameZone"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_mysql_flexible_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mysql_flexible_server", cases)
}

test_azurerm_mssql_database if {
	cases := [
		[{"zone_redundant": true}, {}, "pass"],
		[{"zone_redundant": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"zone_redundant": true}, "unknown"],
	]
	testing.verdicts("azurerm_mssql_database", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_database", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_db_instance.a stands in one zone."} with input as testing.plan([["aws_db_instance", "a", {"multi_az": false}]])
}

test_arm_dbfor_postgre_sql_flexible_servers if {
	cases := [
		[{"properties": {"highAvailability": {"mode": "ZoneRedundant"}}}, "pass"],
		[{"properties": {"highAvailability": {"mode": "SameZone"}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"highAvailability": {"mode": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DBforPostgreSQL/flexibleServers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DBforPostgreSQL/flexibleServers", cases)
}

test_arm_dbfor_my_sql_flexible_servers if {
	cases := [
		[{"properties": {"highAvailability": {"mode": "ZoneRedundant"}}}, "pass"],
		[{"properties": {"highAvailability": {"mode": "SameZone"}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"highAvailability": {"mode": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DBforMySQL/flexibleServers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DBforMySQL/flexibleServers", cases)
}

test_arm_sql_servers_databases if {
	cases := [
		[{"properties": {"zoneRedundant": true}}, "pass"],
		[{"properties": {"zoneRedundant": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"zoneRedundant": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers/databases", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers/databases", cases)
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
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {"instanceType": "CLOUD_SQL_INSTANCE", "settings": {"availabilityType": "REGIONAL"}}]])) == "pass"
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {"instanceType": "CLOUD_SQL_INSTANCE", "settings": {"availabilityType": "ZONAL"}}]])) == "fail"
	listed(testing.assets([["sqladmin.googleapis.com/Instance", "//sqladmin.googleapis.com/a", {}]])) == "unknown"
}
