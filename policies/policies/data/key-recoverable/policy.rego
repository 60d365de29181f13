# METADATA
# title: Keys and secrets can be recovered after a deletion
# description: |
#   Keys and secrets are not gone at once when somebody deletes them. A key vault cannot be purged, KMS and Secrets
#   Manager wait, Cloud KMS keeps a destroyed version for a day or longer. Data that a lost key encrypts is lost
#   with it.
# custom:
#   exhibit:
#     id: key-recoverable
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: supporting
#         rationale: Backups and data stay readable after a key was deleted by mistake.
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Keys are protected from a single destructive call, part of managing them over their life.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that loss of keys is provided for in how keys are managed.
#       - control: nis2/21.2.c
#         strength: supporting
#         rationale: A deleted key does not end the business, since it can be brought back.
#       - control: nis2/2690.9.2
#         strength: partial
#         rationale: Shows one measure against loss of keys in key management.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set purge_protection_enabled, and windows of seven days or longer (recovery_window_in_days,
#       deletion_window_in_days, destroy_scheduled_duration).
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.key_recoverable

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_key_vault": [
		{
			"at": ["purge_protection_enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "can be purged, so that its keys and secrets are lost at once",
			"fix": "Set purge_protection_enabled to true.",
		},
		{
			"at": ["soft_delete_retention_days"],
			"wants": {"at_least": 7},
			"absent": "pass",
			"problem": "keeps deleted keys and secrets for less than 7 days",
			"fix": "Set soft_delete_retention_days to 7 or more.",
		},
	],
	"aws_kms_key": [{
		"at": ["deletion_window_in_days"],
		"wants": {"at_least": 14},
		"absent": "pass",
		"problem": "is gone less than 14 days after a deletion",
		"fix": "Set deletion_window_in_days to 14 or more.",
	}],
	"aws_secretsmanager_secret": [{
		"at": ["recovery_window_in_days"],
		"wants": {"at_least": 7},
		"absent": "pass",
		"problem": "is gone at once when it is deleted",
		"fix": "Set recovery_window_in_days to 7 or more.",
	}],
	"google_kms_crypto_key": [{
		"at": ["destroy_scheduled_duration"],
		"wants": {"unlike": `^([0-9]{1,4}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2})s$`},
		"absent": "pass",
		"problem": "is destroyed less than a day after somebody asks for it",
		"fix": `Set destroy_scheduled_duration to "604800s" (7 days) or more.`,
	}],
	"Microsoft.KeyVault/vaults": [
		{
			"at": ["properties", "enablePurgeProtection"],
			"wants": "true",
			"absent": "fail",
			"problem": "can be purged, so that its keys and secrets are lost at once",
			"fix": "Set enablePurgeProtection to true.",
		},
		{
			"at": ["properties", "enableSoftDelete"],
			"wants": "true",
			"absent": "pass",
			"problem": "loses deleted keys and secrets at once",
			"fix": "Set enableSoftDelete to true.",
		},
		{
			"at": ["properties", "softDeleteRetentionInDays"],
			"wants": {"at_least": 7},
			"absent": "pass",
			"problem": "keeps deleted keys and secrets for less than 7 days",
			"fix": "Set softDeleteRetentionInDays to 7 or more.",
		},
	],
}
