package exhibit.policies.data_access_audited_test

import data.exhibit.policies.data_access_audited as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_project_iam_audit_config if {
	cases := [
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ", "exempted_members": null}, {"log_type": "DATA_READ", "exempted_members": []}, {"log_type": "DATA_WRITE", "exempted_members": []}]}, {}, "pass"],
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ"}]}, {}, "fail"],
		[{"service": "allServices", "audit_log_config": [{"log_type": "DATA_READ"}, {"log_type": "DATA_WRITE"}]}, {}, "fail"],
		[{"service": "allServices", "audit_log_config": []}, {}, "fail"],
		[{"service": "allServices"}, {}, "fail"],
		[{"service": "allServices"}, {"audit_log_config": true}, "unknown"],
		[{"service": "storage.googleapis.com", "audit_log_config": [{"log_type": "DATA_READ", "exempted_members": []}]}, {}, "pass"],
		[{"service": "storage.googleapis.com", "audit_log_config": [{"log_type": "DATA_READ", "exempted_members": ["user:anna@example.com"]}]}, {}, "fail"],
	]
	testing.verdicts("google_project_iam_audit_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project_iam_audit_config", cases)
}

test_google_folder_iam_audit_config if {
	cases := [
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ", "exempted_members": null}, {"log_type": "DATA_READ", "exempted_members": []}, {"log_type": "DATA_WRITE", "exempted_members": []}]}, {}, "pass"],
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ"}]}, {}, "fail"],
	]
	testing.verdicts("google_folder_iam_audit_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_folder_iam_audit_config", cases)
}

test_google_organization_iam_audit_config if {
	cases := [
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ", "exempted_members": null}, {"log_type": "DATA_READ", "exempted_members": []}, {"log_type": "DATA_WRITE", "exempted_members": []}]}, {}, "pass"],
		[{"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ"}]}, {}, "fail"],
	]
	testing.verdicts("google_organization_iam_audit_config", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_organization_iam_audit_config", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["azurerm_mssql_server", "a", {"id": "/s/a"}], ["azurerm_mssql_server_extended_auditing_policy", "p", {"server_id": "/s/a", "enabled": true}]], "pass"],
	[[["azurerm_mssql_server", "a", {"id": "/s/a"}]], "fail"],
	[[["azurerm_mssql_server", "a", {"id": "/s/a"}], ["azurerm_mssql_server_extended_auditing_policy", "p", {"server_id": "/s/a", "enabled": false}]], "fail"],
	[[["azurerm_mssql_server", "a", {}], ["azurerm_mssql_server_extended_auditing_policy", "p", {"enabled": true}, {"server_id": true}]], "unknown"],
	[[["azurerm_key_vault", "a", {"id": "/v/a"}], ["azurerm_monitor_diagnostic_setting", "d", {"target_resource_id": "/v/a"}]], "pass"],
	[[["azurerm_key_vault", "a", {"id": "/v/a"}]], "fail"],
	[[["azurerm_key_vault", "a", {"id": "/v/a"}], ["azurerm_monitor_diagnostic_setting", "d", {"target_resource_id": "/v/b"}]], "fail"],
	[[["azurerm_key_vault", "a", {}], ["azurerm_monitor_diagnostic_setting", "d", {}, {"target_resource_id": true}]], "unknown"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_project_iam_audit_config.a does not log every kind of access to data."} with input as testing.plan([["google_project_iam_audit_config", "a", {"service": "allServices", "audit_log_config": [{"log_type": "ADMIN_READ"}]}]])
}

test_arm_server_and_vault if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/auditingSettings", "apiVersion": "2023-01-01", "name": "a/default", "properties": {"state": "Enabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/auditingSettings", "apiVersion": "2023-01-01", "name": "b/default", "properties": {"state": "Enabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.Sql/servers", "apiVersion": "2023-08-01", "name": "a", "properties": {}}, {"type": "Microsoft.Sql/servers/auditingSettings", "apiVersion": "2023-01-01", "name": "[parameters('x')]", "properties": {"state": "Enabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "a", "properties": {}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "a", "properties": {}}, {"type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2023-01-01", "name": "d", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'a')]", "properties": {"logs": [{"enabled": true}]}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "a", "properties": {}}, {"type": "Microsoft.Insights/diagnosticSettings", "apiVersion": "2023-01-01", "name": "d", "scope": "[parameters('x')]", "properties": {"logs": [{"enabled": true}]}}])
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_settings_in_a_listing if {
	server := ["Microsoft.Sql/servers", "sql", {}]
	place := concat("/", [testing.azure_id(server), "auditingSettings"])
	listed(testing.azure([server])) == "unknown"
	listed(testing.azure([server, ["Microsoft.Sql/servers/auditingSettings", "default", {"state": "Enabled"}, place]])) == "pass"
	listed(testing.azure([server, ["Microsoft.Sql/servers/auditingSettings", "default", {"state": "Disabled"}, place]])) == "fail"
}
