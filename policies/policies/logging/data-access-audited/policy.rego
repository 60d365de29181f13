# METADATA
# title: Reading and writing of data is in the audit log
# description: |
#   Audit configurations of Google Cloud that cover all services log reads and writes of data, with nobody left out;
#   SQL servers of Azure have auditing, key vaults send their log somewhere.
# custom:
#   exhibit:
#     id: data-access-audited
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Who read or changed data is recorded by the platform.
#       - control: soc2/cc7.3
#         strength: supporting
#         rationale: Events on data can be evaluated afterwards.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that access to data is logged.
#       - control: iso27001/a.5.28
#         strength: supporting
#         rationale: Evidence about access to data is collected.
#       - control: nis2/21.2.b
#         strength: partial
#         rationale: An incident can be followed to the data that was touched.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Logging covers access to data by people and services.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       List ADMIN_READ, DATA_READ and DATA_WRITE without exempted_members; add an extended auditing policy to the
#       server, a diagnostic setting to the vault.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.data_access_audited

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_project_iam_audit_config": audit_config,
	"google_folder_iam_audit_config": audit_config,
	"google_organization_iam_audit_config": audit_config,
	"azurerm_mssql_server": [{
		"beside": {"types": ["azurerm_mssql_server_extended_auditing_policy"], "key": "server_id"},
		"at": ["enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "has no auditing",
		"fix": "Add an azurerm_mssql_server_extended_auditing_policy for this server.",
	}],
	"azurerm_key_vault": [{
		"beside": {"types": ["azurerm_monitor_diagnostic_setting"], "key": "target_resource_id"},
		"at": ["target_resource_id"],
		"wants": "reference",
		"absent": "fail",
		"problem": "sends its log nowhere",
		"fix": "Add an azurerm_monitor_diagnostic_setting for this vault.",
	}],
	"Microsoft.Sql/servers": [{
		"beside": {"types": ["Microsoft.Sql/servers/auditingSettings", "Microsoft.Sql/servers/extendedAuditingSettings"], "key": "name"},
		"at": ["properties", "state"],
		"wants": {"one_of": ["Enabled"]},
		"absent": "fail",
		"problem": "has no auditing",
		"fix": "Add auditingSettings with state \"Enabled\" to this server.",
	}],
	"Microsoft.KeyVault/vaults": [{
		"beside": {"types": ["Microsoft.Insights/diagnosticSettings"], "key": "scope"},
		"at": ["properties", "logs"],
		"wants": "something",
		"absent": "fail",
		"problem": "sends its log nowhere",
		"fix": "Add diagnosticSettings with logs, and this vault as scope.",
	}],
}

audit_config := [
	{
		"at": ["audit_log_config"],
		"wants": {"contains": ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]},
		"absent": "fail",
		"when": [{"at": ["service"], "wants": {"one_of": ["allServices"]}, "absent": "fail"}],
		"problem": "does not log every kind of access to data",
		"fix": "List ADMIN_READ, DATA_READ and DATA_WRITE in audit_log_config.",
	},
	{
		"each": ["audit_log_config"],
		"at": ["exempted_members"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "leaves some members out of the log",
		"fix": "Remove exempted_members.",
	},
]
