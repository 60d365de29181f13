package exhibit.policies.db_identity_login_test

import data.exhibit.policies.db_identity_login as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_db_instance if {
	cases := [
		[{"engine": "postgres", "iam_database_authentication_enabled": true}, {}, "pass"],
		[{"engine": "postgres", "iam_database_authentication_enabled": false}, {}, "fail"],
		[{"engine": "postgres"}, {}, "fail"],
		[{"engine": "postgres"}, {"iam_database_authentication_enabled": true}, "unknown"],
		[{"engine": "oracle-ee"}, {}, "none"],
		[{"engine": "mysql"}, {}, "fail"],
	]
	testing.verdicts("aws_db_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_db_instance", cases)
}

test_aws_rds_cluster if {
	cases := [
		[{"iam_database_authentication_enabled": true}, {}, "pass"],
		[{"iam_database_authentication_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"iam_database_authentication_enabled": true}, "unknown"],
	]
	testing.verdicts("aws_rds_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_rds_cluster", cases)
}

test_aws_neptune_cluster if {
	cases := [
		[{"iam_database_authentication_enabled": true}, {}, "pass"],
		[{"iam_database_authentication_enabled": false}, {}, "fail"],
	]
	testing.verdicts("aws_neptune_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_neptune_cluster", cases)
}

test_azurerm_mssql_server if {
	cases := [
		[{"azuread_administrator": [{"object_id": "11111111-2222-3333-4444-555555555555"}]}, {}, "pass"],
		[{"azuread_administrator": [{"object_id": ""}]}, {}, "fail"],
		[{"azuread_administrator": [{}]}, {}, "fail"],
		[{"azuread_administrator": [{}]}, {"azuread_administrator": [{"object_id": true}]}, "pass"],
		[{"azuread_administrator": []}, {}, "fail"],
	]
	testing.verdicts("azurerm_mssql_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_server", cases)
}

test_azurerm_postgresql_flexible_server if {
	cases := [
		[{"authentication": [{"active_directory_auth_enabled": true}]}, {}, "pass"],
		[{"authentication": [{"active_directory_auth_enabled": false}]}, {}, "fail"],
		[{"authentication": [{}]}, {}, "fail"],
		[{"authentication": [{}]}, {"authentication": [{"active_directory_auth_enabled": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_postgresql_flexible_server", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_postgresql_flexible_server", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_db_instance.a knows passwords only."} with input as testing.plan([["aws_db_instance", "a", {"engine": "postgres", "iam_database_authentication_enabled": false}]])
}

test_arm_sql_servers if {
	cases := [
		[{"properties": {"administrators": {"sid": "s"}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"administrators": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers", cases)
}

test_arm_dbfor_postgre_sql_flexible_servers if {
	cases := [
		[{"properties": {"authConfig": {"activeDirectoryAuth": "Enabled"}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"authConfig": {"activeDirectoryAuth": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DBforPostgreSQL/flexibleServers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DBforPostgreSQL/flexibleServers", cases)
}

test_arm_administrator_beside if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/administrators", "apiVersion": "2023-01-01", "name": "a/ActiveDirectory", "properties": {"sid": "s"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/administrators", "apiVersion": "2023-01-01", "name": "b/ActiveDirectory", "properties": {"sid": "s"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/administrators", "apiVersion": "2023-01-01", "name": "[parameters('x')]", "properties": {"sid": "s"}}])
}
