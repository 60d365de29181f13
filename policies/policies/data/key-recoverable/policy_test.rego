package exhibit.policies.key_recoverable_test

import data.exhibit.policies.key_recoverable as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_key_vault if {
	cases := [
		[{"purge_protection_enabled": true, "soft_delete_retention_days": 90}, {}, "pass"],
		[{"purge_protection_enabled": false, "soft_delete_retention_days": 90}, {}, "fail"],
		[{"soft_delete_retention_days": 90}, {}, "fail"],
		[{"soft_delete_retention_days": 90}, {"purge_protection_enabled": true}, "unknown"],
		[{"purge_protection_enabled": true, "soft_delete_retention_days": 1}, {}, "fail"],
		[{"purge_protection_enabled": true}, {}, "pass"],
		[{"purge_protection_enabled": true}, {"soft_delete_retention_days": true}, "unknown"],
	]
	testing.verdicts("azurerm_key_vault", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_key_vault", cases)
}

test_aws_kms_key if {
	cases := [
		[{"deletion_window_in_days": 30}, {}, "pass"],
		[{"deletion_window_in_days": 7}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"deletion_window_in_days": true}, "unknown"],
	]
	testing.verdicts("aws_kms_key", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_kms_key", cases)
}

test_aws_secretsmanager_secret if {
	cases := [
		[{"recovery_window_in_days": 30}, {}, "pass"],
		[{"recovery_window_in_days": 0}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"recovery_window_in_days": true}, "unknown"],
	]
	testing.verdicts("aws_secretsmanager_secret", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_secretsmanager_secret", cases)
}

test_google_kms_crypto_key if {
	cases := [
		[{"destroy_scheduled_duration": "2592000s"}, {}, "pass"],
		[{"destroy_scheduled_duration": "3600s"}, {}, "fail"],
		[{"destroy_scheduled_duration": "86399s"}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"destroy_scheduled_duration": true}, "unknown"],
		[{"destroy_scheduled_duration": "86400s"}, {}, "pass"],
	]
	testing.verdicts("google_kms_crypto_key", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_kms_crypto_key", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_key_vault.a can be purged, so that its keys and secrets are lost at once."} with input as testing.plan([["azurerm_key_vault", "a", {"purge_protection_enabled": false, "soft_delete_retention_days": 90}]])
}

test_arm_key_vault_vaults if {
	cases := [
		[{"properties": {"enablePurgeProtection": true}}, "pass"],
		[{"properties": {"enablePurgeProtection": true, "softDeleteRetentionInDays": 90}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"enablePurgeProtection": true, "enableSoftDelete": false}}, "fail"],
		[{"properties": {"enablePurgeProtection": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.KeyVault/vaults", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.KeyVault/vaults", cases)
}
