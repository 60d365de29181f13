# METADATA
# title: Databases accept identities of the platform
# description: |
#   Databases let people and programs log in with an identity of the cloud, so that access can be granted, reviewed
#   and withdrawn where all access is. That a password works as well is not looked at.
# custom:
#   exhibit:
#     id: db-identity-login
#     severity: low
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Access to databases can be tied to identities that are managed in one place.
#       - control: soc2/cc6.2
#         strength: supporting
#         rationale: Who leaves loses access to databases with the identity.
#       - control: iso27001/a.5.16
#         strength: partial
#         rationale: Shows that identities for databases are managed with all others.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that databases offer the authentication of the platform.
#       - control: nis2/2690.11.6
#         strength: supporting
#         rationale: Database logins can follow the rules for authentication of the platform.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set iam_database_authentication_enabled, azuread_administrator or active_directory_auth_enabled.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.db_identity_login

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_db_instance": [{
		"at": ["iam_database_authentication_enabled"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["engine"], "wants": {"like": `^(mysql|mariadb|postgres)`}, "absent": "pass"}],
		"problem": "knows passwords only",
		"fix": "Set iam_database_authentication_enabled to true.",
	}],
	"aws_rds_cluster": cluster,
	"aws_neptune_cluster": cluster,
	"azurerm_mssql_server": [{
		"at": ["azuread_administrator", 0, "object_id"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no administrator from the directory",
		"fix": "Add azuread_administrator.",
	}],
	"azurerm_postgresql_flexible_server": [{
		"at": ["authentication", 0, "active_directory_auth_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "knows passwords only",
		"fix": "Set active_directory_auth_enabled to true in authentication.",
	}],
	"Microsoft.Sql/servers": [{
		"at": ["properties", "administrators"],
		"wants": "something",
		"absent": "fail",
		"unless": [{
			"beside": {"types": ["Microsoft.Sql/servers/administrators"], "key": "name"},
			"at": ["properties", "sid"],
			"wants": "reference",
			"absent": "fail",
		}],
		"problem": "has no administrator from the directory",
		"fix": "Add administrators with a group of the directory.",
	}],
	"Microsoft.DBforPostgreSQL/flexibleServers": [{
		"at": ["properties", "authConfig", "activeDirectoryAuth"],
		"wants": {"one_of": ["Enabled"]},
		"absent": "fail",
		"problem": "knows passwords only",
		"fix": `Set activeDirectoryAuth to "Enabled" in authConfig.`,
	}],
}

cluster := [{
	"at": ["iam_database_authentication_enabled"],
	"wants": "true",
	"absent": "fail",
	"problem": "knows passwords only",
	"fix": "Set iam_database_authentication_enabled to true.",
}]
