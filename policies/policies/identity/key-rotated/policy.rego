# METADATA
# title: Encryption keys rotate
# description: |
#   Symmetric KMS keys rotate automatically, Cloud KMS keys and keys of Azure vaults at least once a year. Asymmetric keys and keys for
#   signatures or message authentication cannot rotate automatically and are left out.
# custom:
#   exhibit:
#     id: key-rotated
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Key rotation is part of how encryption keys are managed over their life.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule for renewing keys is applied to each key that can rotate.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows that keys are renewed, one part of procedures for cryptography.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: Set enable_key_rotation to true, or rotation_period to 31536000s or less.
#     since: "2026-11-01"
#     inputs: [terraform-plan, arm, azure-resources, gcp-assets]
package exhibit.policies.key_rotated

import data.lib.resources

year_in_seconds := 31536000

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, at(r), fixes[r.native_type]) if {
	some r in judged
	not rotates(r)
	not undecided(r)
	message := sprintf("Key %s does not rotate at least once a year.", [r.id])
}

unknowns contains resources.undecided(r, message, at(r)) if {
	some r in judged
	undecided(r)
	not rotates(r)
	message := sprintf("Whether key %s rotates is known only after apply.", [r.id])
}

undecided(r) if resources.attribute(r, at(r)).state == "unknown"

undecided(r) if {
	r.provider == "arm"
	resources.has_unknown(r, at(r))
}

judged := [r | some r in resources.of_type("key"); can_rotate(r)]

fixes := {
	"Microsoft.KeyVault/vaults/keys": "Add rotationPolicy with an action rotate after at most a year.",
	"azurerm_key_vault_key": "Add rotation_policy with an automatic rotation of at most a year.",
	"aws_kms_key": "Set enable_key_rotation to true.",
	"cloudkms.googleapis.com/CryptoKey": `Set rotationPeriod to "7776000s" (90 days) or at most a year.`,
	"google_kms_crypto_key": `Set rotation_period to "7776000s" (90 days) or at most a year.`,
}

at(r) := {
	"aws_kms_key": ["enable_key_rotation"],
	"cloudkms.googleapis.com/CryptoKey": ["rotationPeriod"],
	"google_kms_crypto_key": ["rotation_period"],
	"azurerm_key_vault_key": ["rotation_policy", 0, "automatic", 0, "time_after_creation"],
	"Microsoft.KeyVault/vaults/keys": ["properties", "rotationPolicy"],
}[r.native_type]

can_rotate(r) if {
	r.native_type == "aws_kms_key"
	resources.attribute(r, ["customer_master_key_spec"]).value in {"SYMMETRIC_DEFAULT", null}
	resources.attribute(r, ["key_usage"]).value in {"ENCRYPT_DECRYPT", null}
}

can_rotate(r) if {
	r.native_type == "cloudkms.googleapis.com/CryptoKey"
	resources.attribute(r, ["purpose"]).value in {"ENCRYPT_DECRYPT", null}
}

can_rotate(r) if {
	r.native_type == "google_kms_crypto_key"
	resources.attribute(r, ["purpose"]).value in {"ENCRYPT_DECRYPT", null}
}

# Keys of a vault are for encryption unless a list of other operations says so.
can_rotate(r) if {
	r.native_type == "azurerm_key_vault_key"
	some operation in ["encrypt", "decrypt", "wrapKey", "unwrapKey"]
	operation in resources.list(resources.attribute(r, ["key_opts"]).value)
}

# In a template, a key without a list of operations is for all of them.
can_rotate(r) if {
	r.native_type == "Microsoft.KeyVault/vaults/keys"
	operations := resources.list(resources.attribute(r, ["properties", "keyOps"]).value)
	count({"encrypt", "decrypt", "wrapKey", "unwrapKey"} & {operation | some operation in operations}) + count({1 | count(operations) == 0}) > 0
}

rotates(r) if within_a_year(r, at(r))

rotates(r) if {
	r.native_type == "Microsoft.KeyVault/vaults/keys"
	some i, action in resources.list(object.get(r.values, ["properties", "rotationPolicy", "lifetimeActions"], null))
	lower(action.action.type) == "rotate"
	some path in [["trigger", "timeAfterCreate"], ["trigger", "timeBeforeExpiry"]]
	object.get(action, path, null) != null
	length := {
		"timeAfterCreate": ["properties", "rotationPolicy", "lifetimeActions", i, "trigger", "timeAfterCreate"],
		"timeBeforeExpiry": ["properties", "rotationPolicy", "attributes", "expiryTime"],
	}[path[1]]
	within_a_year(r, length)
}

# A rotation before the end of a key that lives for a year at most.
rotates(r) if {
	resources.attribute(r, ["rotation_policy", 0, "automatic", 0, "time_before_expiry"]).state == "set"
	within_a_year(r, ["rotation_policy", 0, "expire_after"])
}

# An ISO 8601 duration.
within_a_year(r, path) if {
	r.native_type in {"azurerm_key_vault_key", "Microsoft.KeyVault/vaults/keys"}
	regex.match(
		`^P([1-9]|[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-5])D$|^P([1-9]|1[0-2])M$|^P1Y$`,
		resources.attribute(r, path).value,
	)
}

rotates(r) if {
	r.native_type == "aws_kms_key"
	resources.is_true(resources.attribute(r, at(r)).value)
}

rotates(r) if {
	r.native_type in {"google_kms_crypto_key", "cloudkms.googleapis.com/CryptoKey"}
	text := resources.attribute(r, at(r)).value
	is_string(text)
	regex.match(`^[0-9]+(\.[0-9]+)?s$`, text)
	to_number(trim_suffix(text, "s")) <= year_in_seconds
}
