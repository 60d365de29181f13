# METADATA
# title: Backups in vaults cannot be removed by one call
# description: |
#   Vaults of Azure keep backups for a time after somebody deletes them, and are immutable; AWS backup vault locks
#   state a shortest time. Whoever gets hold of an administrator account cannot take the backups along.
# custom:
#   exhibit:
#     id: backup-vault-protected
#     severity: high
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: partial
#         rationale: Backups outlive a mistake or an attack on the account that made them.
#       - control: iso27001/a.8.13
#         strength: partial
#         rationale: Shows that backups are protected from loss and tampering.
#       - control: iso27001/a.5.33
#         strength: supporting
#         rationale: Records in backups are protected from being destroyed before their time.
#       - control: nis2/21.2.c
#         strength: partial
#         rationale: Backup management includes protection of the backups themselves.
#       - control: nis2/2690.4.2
#         strength: partial
#         rationale: Backups are kept so that an incident in the live systems does not reach them.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Leave soft delete on, set immutability to Unlocked or Locked, and min_retention_days of the vault lock to 7
#       or more.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.backup_vault_protected

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_recovery_services_vault": [
		{
			"at": ["immutability"],
			"wants": {"one_of": ["Unlocked", "Locked"]},
			"absent": "fail",
			"problem": "lets backups be deleted before their time",
			"fix": `Set immutability to "Unlocked", or to "Locked" once it was tried.`,
		},
		{
			"at": ["soft_delete_enabled"],
			"wants": "true",
			"absent": "pass",
			"problem": "loses deleted backups at once",
			"fix": "Set soft_delete_enabled to true.",
		},
	],
	"azurerm_data_protection_backup_vault": [
		{
			"at": ["immutability"],
			"wants": {"one_of": ["Unlocked", "Locked"]},
			"absent": "fail",
			"problem": "lets backups be deleted before their time",
			"fix": `Set immutability to "Unlocked", or to "Locked" once it was tried.`,
		},
		{
			"at": ["soft_delete"],
			"wants": {"none_of": ["Off"]},
			"absent": "pass",
			"problem": "loses deleted backups at once",
			"fix": `Set soft_delete to "On" or "AlwaysOn".`,
		},
	],
	"aws_backup_vault_lock_configuration": [{
		"at": ["min_retention_days"],
		"wants": {"at_least": 7},
		"absent": "fail",
		"problem": "lets backups be deleted in less than 7 days",
		"fix": "Set min_retention_days to 7 or more.",
	}],
	"Microsoft.RecoveryServices/vaults": [
		{
			"at": ["properties", "securitySettings", "immutabilitySettings", "state"],
			"wants": {"one_of": ["Unlocked", "Locked"]},
			"absent": "fail",
			"problem": "lets backups be deleted before their time",
			"fix": `Set state to "Unlocked" in immutabilitySettings, or to "Locked" once it was tried.`,
		},
		{
			"at": ["properties", "securitySettings", "softDeleteSettings", "softDeleteState"],
			"wants": {"none_of": ["Disabled"]},
			"absent": "pass",
			"problem": "loses deleted backups at once",
			"fix": `Set softDeleteState to "Enabled".`,
		},
	],
	"Microsoft.DataProtection/backupVaults": [
		{
			"at": ["properties", "securitySettings", "immutabilitySettings", "state"],
			"wants": {"one_of": ["Unlocked", "Locked"]},
			"absent": "fail",
			"problem": "lets backups be deleted before their time",
			"fix": `Set state to "Unlocked" in immutabilitySettings, or to "Locked" once it was tried.`,
		},
		{
			"at": ["properties", "securitySettings", "softDeleteSettings", "state"],
			"wants": {"none_of": ["Off"]},
			"absent": "pass",
			"problem": "loses deleted backups at once",
			"fix": `Set state to "On" in softDeleteSettings.`,
		},
	],
}
