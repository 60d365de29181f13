# METADATA
# title: Logs are kept for 90 days or longer
# description: |
#   Log groups, workspaces, log buckets and audit policies keep what they hold for 90 days at least, so that an
#   incident that is found late can still be followed. Log groups that never expire pass.
# custom:
#   exhibit:
#     id: log-retained
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: supporting
#         rationale: Logs are there when an anomaly is noticed late.
#       - control: soc2/cc7.3
#         strength: supporting
#         rationale: Events can be evaluated weeks after they happened.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that logs are kept for the agreed time.
#       - control: iso27001/a.5.28
#         strength: supporting
#         rationale: Evidence is still there when it is asked for.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Logs are kept for a predefined time as monitoring and logging ask.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set retention_in_days (retention_days) to 90 or more.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.log_retained

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_cloudwatch_log_group": [{
		"at": ["retention_in_days"],
		"wants": {"at_least": 90},
		"absent": "pass",
		"unless": [{"at": ["retention_in_days"], "wants": {"one_of": [0]}, "absent": "fail"}],
		"problem": "keeps logs for less than 90 days",
		"fix": "Set retention_in_days to 90 or more, or to 0 for ever.",
	}],
	"azurerm_log_analytics_workspace": [{
		"at": ["retention_in_days"],
		"wants": {"at_least": 90},
		"absent": "fail",
		"problem": "keeps logs for less than 90 days",
		"fix": "Set retention_in_days to 90 or more.",
	}],
	"azurerm_application_insights": [{
		"at": ["retention_in_days"],
		"wants": {"at_least": 90},
		"absent": "pass",
		"problem": "keeps traces for less than 90 days",
		"fix": "Set retention_in_days to 90 or more.",
	}],
	"azurerm_mssql_server_extended_auditing_policy": auditing,
	"azurerm_mssql_database_extended_auditing_policy": auditing,
	"google_logging_project_bucket_config": log_bucket,
	"google_logging_folder_bucket_config": log_bucket,
	"google_logging_organization_bucket_config": log_bucket,
	"Microsoft.OperationalInsights/workspaces": [{
		"at": ["properties", "retentionInDays"],
		"wants": {"at_least": 90},
		"absent": "fail",
		"problem": "keeps logs for less than 90 days",
		"fix": "Set retentionInDays to 90 or more.",
	}],
	"Microsoft.Insights/components": [{
		"at": ["properties", "RetentionInDays"],
		"wants": {"at_least": 90},
		"absent": "pass",
		"problem": "keeps traces for less than 90 days",
		"fix": "Set RetentionInDays to 90 or more.",
	}],
	"Microsoft.Sql/servers/auditingSettings": [{
		"at": ["properties", "retentionDays"],
		"wants": {"at_least": 90},
		"absent": "pass",
		"unless": [{"at": ["properties", "retentionDays"], "wants": {"one_of": [0]}, "absent": "fail"}],
		"problem": "keeps the audit log for less than 90 days",
		"fix": "Set retentionDays to 90 or more, or to 0 for ever.",
	}],
}

auditing := [{
	"at": ["retention_in_days"],
	"wants": {"at_least": 90},
	"absent": "pass",
	"unless": [{"at": ["retention_in_days"], "wants": {"one_of": [0]}, "absent": "fail"}],
	"problem": "keeps the audit log for less than 90 days",
	"fix": "Set retention_in_days to 90 or more, or to 0 for ever.",
}]

log_bucket := [{
	"at": ["retention_days"],
	"wants": {"at_least": 90},
	"absent": "fail",
	"problem": "keeps logs for less than 90 days",
	"fix": "Set retention_days to 90 or more.",
}]
