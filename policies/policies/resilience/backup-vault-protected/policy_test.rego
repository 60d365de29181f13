package exhibit.policies.backup_vault_protected_test

import data.exhibit.policies.backup_vault_protected as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_recovery_services_vault if {
	cases := [
		[{"immutability": "Unlocked", "soft_delete_enabled": true}, {}, "pass"],
		[{"immutability": "Disabled", "soft_delete_enabled": true}, {}, "fail"],
		[{"soft_delete_enabled": true}, {}, "fail"],
		[{"soft_delete_enabled": true}, {"immutability": true}, "unknown"],
		[{"immutability": "Unlocked", "soft_delete_enabled": false}, {}, "fail"],
		[{"immutability": "Unlocked"}, {}, "pass"],
		[{"immutability": "Unlocked"}, {"soft_delete_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_recovery_services_vault", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_recovery_services_vault", cases)
}

test_azurerm_data_protection_backup_vault if {
	cases := [
		[{"immutability": "Locked", "soft_delete": "AlwaysOn"}, {}, "pass"],
		[{"immutability": "Disabled", "soft_delete": "AlwaysOn"}, {}, "fail"],
		[{"soft_delete": "AlwaysOn"}, {}, "fail"],
		[{"soft_delete": "AlwaysOn"}, {"immutability": true}, "unknown"],
		[{"immutability": "Locked", "soft_delete": "Off"}, {}, "fail"],
		[{"immutability": "Locked"}, {}, "pass"],
		[{"immutability": "Locked"}, {"soft_delete": true}, "unknown"],
	]
	testing.verdicts("azurerm_data_protection_backup_vault", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_data_protection_backup_vault", cases)
}

test_aws_backup_vault_lock_configuration if {
	cases := [
		[{"min_retention_days": 30}, {}, "pass"],
		[{"min_retention_days": 1}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"min_retention_days": true}, "unknown"],
	]
	testing.verdicts("aws_backup_vault_lock_configuration", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_backup_vault_lock_configuration", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_recovery_services_vault.a lets backups be deleted before their time."} with input as testing.plan([["azurerm_recovery_services_vault", "a", {"immutability": "Disabled", "soft_delete_enabled": true}]])
}

test_arm_recovery_services_vaults if {
	cases := [
		[{"properties": {"securitySettings": {"immutabilitySettings": {"state": "Unlocked"}}}}, "pass"],
		[{"properties": {"securitySettings": {"immutabilitySettings": {"state": "Disabled"}}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"securitySettings": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"securitySettings": {"immutabilitySettings": {"state": "Locked"}, "softDeleteSettings": {"softDeleteState": "Disabled"}}}}, "fail"],
	]
	testing.arm_verdicts("Microsoft.RecoveryServices/vaults", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.RecoveryServices/vaults", cases)
}

test_arm_data_protection_backup_vaults if {
	cases := [
		[{"properties": {"securitySettings": {"immutabilitySettings": {"state": "Locked"}}}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"securitySettings": {"immutabilitySettings": {"state": "Locked"}, "softDeleteSettings": {"state": "Off"}}}}, "fail"],
	]
	testing.arm_verdicts("Microsoft.DataProtection/backupVaults", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DataProtection/backupVaults", cases)
}
