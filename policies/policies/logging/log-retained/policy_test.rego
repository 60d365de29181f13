package exhibit.policies.log_retained_test

import data.exhibit.policies.log_retained as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_cloudwatch_log_group if {
	cases := [
		[{"retention_in_days": 365}, {}, "pass"],
		[{"retention_in_days": 30}, {}, "fail"],
		[{"retention_in_days": 1}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"retention_in_days": true}, "unknown"],
		[{"retention_in_days": 0}, {}, "pass"],
	]
	testing.verdicts("aws_cloudwatch_log_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_cloudwatch_log_group", cases)
}

test_azurerm_log_analytics_workspace if {
	cases := [
		[{"retention_in_days": 180}, {}, "pass"],
		[{"retention_in_days": 30}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"retention_in_days": true}, "unknown"],
	]
	testing.verdicts("azurerm_log_analytics_workspace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_log_analytics_workspace", cases)
}

test_azurerm_application_insights if {
	cases := [
		[{"retention_in_days": 90}, {}, "pass"],
		[{"retention_in_days": 30}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"retention_in_days": true}, "unknown"],
	]
	testing.verdicts("azurerm_application_insights", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_application_insights", cases)
}

test_azurerm_mssql_server_extended_auditing_policy if {
	cases := [
		[{"retention_in_days": 120}, {}, "pass"],
		[{"retention_in_days": 7}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"retention_in_days": true}, "unknown"],
		[{"retention_in_days": 0}, {}, "pass"],
	]
	testing.verdicts("azurerm_mssql_server_extended_auditing_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_server_extended_auditing_policy", cases)
}

test_azurerm_mssql_database_extended_auditing_policy if {
	cases := [
		[{"retention_in_days": 120}, {}, "pass"],
		[{"retention_in_days": 7}, {}, "fail"],
	]
	testing.verdicts("azurerm_mssql_database_extended_auditing_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_database_extended_auditing_policy", cases)
}

test_google_logging_project_bucket_config if {
	cases := [
		[{"retention_days": 365}, {}, "pass"],
		[{"retention_days": 30}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"retention_days": true}, "unknown"],
	]
	testing.verdicts("google_logging_project_bucket_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_logging_project_bucket_config", cases)
}

test_google_logging_folder_bucket_config if {
	cases := [
		[{"retention_days": 365}, {}, "pass"],
		[{"retention_days": 30}, {}, "fail"],
	]
	testing.verdicts("google_logging_folder_bucket_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_logging_folder_bucket_config", cases)
}

test_google_logging_organization_bucket_config if {
	cases := [
		[{"retention_days": 365}, {}, "pass"],
		[{"retention_days": 30}, {}, "fail"],
	]
	testing.verdicts("google_logging_organization_bucket_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_logging_organization_bucket_config", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_cloudwatch_log_group.a keeps logs for less than 90 days."} with input as testing.plan([["aws_cloudwatch_log_group", "a", {"retention_in_days": 30}]])
}

test_arm_operational_insights_workspaces if {
	cases := [
		[{"properties": {"retentionInDays": 90}}, "pass"],
		[{"properties": {"retentionInDays": 365}}, "pass"],
		[{"properties": {"retentionInDays": 30}}, "fail"],
		[{"properties": {"retentionInDays": 7}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"retentionInDays": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.OperationalInsights/workspaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.OperationalInsights/workspaces", cases)
}

test_arm_insights_components if {
	cases := [
		[{"properties": {"RetentionInDays": 90}}, "pass"],
		[{"properties": {"RetentionInDays": 365}}, "pass"],
		[{"properties": {"RetentionInDays": 30}}, "fail"],
		[{"properties": {"RetentionInDays": 7}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"RetentionInDays": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Insights/components", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Insights/components", cases)
}

test_arm_sql_servers_auditing_settings if {
	cases := [
		[{"properties": {"retentionDays": 90}}, "pass"],
		[{"properties": {"retentionDays": 365}}, "pass"],
		[{"properties": {"retentionDays": 30}}, "fail"],
		[{"properties": {"retentionDays": 7}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"retentionDays": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers/auditingSettings", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers/auditingSettings", cases)
}
