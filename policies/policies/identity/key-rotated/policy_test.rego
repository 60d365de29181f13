package exhibit.policies.key_rotated_test

import data.exhibit.policies.key_rotated as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

key(values) := ["aws_kms_key", "a", values]

test_rotates if failed([key({"enable_key_rotation": true})]) == set()

test_does_not_rotate if {
	failed([key({"enable_key_rotation": false})]) == {"aws_kms_key.a"}
	failed([key({"enable_key_rotation": null})]) == {"aws_kms_key.a"}
}

test_known_after_apply if {
	plan := testing.plan([["aws_kms_key", "a", {}, {"enable_key_rotation": true}]])
	testing.subjects(policy.unknowns) == {"aws_kms_key.a"} with input as plan
	policy.violations == set() with input as plan
}

test_keys_that_cannot_rotate_are_left_out if {
	every values in [{"customer_master_key_spec": "RSA_4096"}, {"key_usage": "SIGN_VERIFY"}, {"key_usage": "GENERATE_VERIFY_MAC"}] {
		policy.population == set() with input as testing.plan([key(values)])
	}
	policy.population == set() with input as testing.plan([["google_kms_crypto_key", "a", {"purpose": "ASYMMETRIC_SIGN"}]])
}

google(period) := ["google_kms_crypto_key", "a", {"rotation_period": period}]

test_google if {
	failed([google("31536000s")]) == set()
	failed([google("31536001s")]) == {"google_kms_crypto_key.a"}
	failed([google("7776000.5s")]) == set()
	failed([google(null)]) == {"google_kms_crypto_key.a"}
	failed([google("1y")]) == {"google_kms_crypto_key.a"}
}

azure(policy_) := ["azurerm_key_vault_key", "a", {"key_opts": ["decrypt", "encrypt"], "rotation_policy": policy_}]

test_azure if {
	every period in ["P90D", "P365D", "P12M", "P1Y"] {
		failed([azure([{"automatic": [{"time_after_creation": period}]}])]) == set()
		failed([azure([{"expire_after": period, "automatic": [{"time_before_expiry": "P30D"}]}])]) == set()
	}
	every period in ["P366D", "P13M", "P2Y", "90d", ""] {
		failed([azure([{"automatic": [{"time_after_creation": period}]}])]) == {"azurerm_key_vault_key.a"}
		failed([azure([{"expire_after": period, "automatic": [{"time_before_expiry": "P30D"}]}])]) == {"azurerm_key_vault_key.a"}
	}
	failed([azure([])]) == {"azurerm_key_vault_key.a"}
	failed([azure([{"expire_after": "P90D", "automatic": []}])]) == {"azurerm_key_vault_key.a"}
	testing.subjects(policy.unknowns) == {"azurerm_key_vault_key.a"} with input as testing.plan([["azurerm_key_vault_key", "a", {"key_opts": ["wrapKey"]}, {"rotation_policy": true}]])
	policy.population == set() with input as testing.plan([["azurerm_key_vault_key", "a", {"key_opts": ["sign", "verify"]}]])
}

test_arm_key_vault_vaults_keys if {
	cases := [
		[{"properties": {"kty": "RSA", "rotationPolicy": {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P1Y"}, "action": {"type": "rotate"}}]}}}, "pass"],
		[{"properties": {"kty": "RSA", "rotationPolicy": {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P13M"}, "action": {"type": "rotate"}}]}}}, "fail"],
		[{"properties": {"kty": "RSA", "rotationPolicy": {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P30D"}, "action": {"type": "notify"}}]}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"kty": "RSA", "rotationPolicy": {"lifetimeActions": [{"trigger": {"timeAfterCreate": "[parameters('x')]"}, "action": {"type": "rotate"}}]}}}, "unknown"],
		[{"properties": {"rotationPolicy": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"keyOps": ["sign"]}}, "none"],
	]
	testing.arm_verdicts("Microsoft.KeyVault/vaults/keys", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.KeyVault/vaults/keys", cases)
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_listing if {
	key := ["cloudkms.googleapis.com/CryptoKey", "//cloudkms.googleapis.com/projects/shop/locations/global/keyRings/r/cryptoKeys/k"]
	listed(testing.assets([array.concat(key, [{"purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s"}])])) == "pass"
	listed(testing.assets([array.concat(key, [{"purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "315360000s"}])])) == "fail"
	listed(testing.assets([array.concat(key, [{"purpose": "ENCRYPT_DECRYPT"}])])) == "unknown"
	not listed(testing.assets([array.concat(key, [{"purpose": "ASYMMETRIC_SIGN"}])]))
}
