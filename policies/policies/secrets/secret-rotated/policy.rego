# METADATA
# title: Secrets are changed in time
# description: |
#   Secrets of Secrets Manager have a rotation, secrets of Secret Manager in Google Cloud a rotation period, and
#   secrets of Azure key vaults a date on which they end.
# custom:
#   exhibit:
#     id: secret-rotated
#     severity: medium
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A secret that leaked does not work for ever.
#       - control: iso27001/a.5.17
#         strength: partial
#         rationale: Shows that authentication information is changed in time.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Secrets are changed in predefined intervals.
#       - control: nis2/2690.9.2
#         strength: supporting
#         rationale: Shows renewal, one part of managing keys and secrets over their life.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add aws_secretsmanager_secret_rotation, rotation with rotation_period, or expiration_date.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.secret_rotated

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_secretsmanager_secret": [{
		"beside": {"types": ["aws_secretsmanager_secret_rotation"], "key": "secret_id"},
		"at": ["rotation_rules"],
		"wants": "something",
		"absent": "fail",
		"problem": "is never changed by itself",
		"fix": "Add an aws_secretsmanager_secret_rotation for this secret.",
	}],
	"google_secret_manager_secret": [{
		"at": ["rotation", 0, "rotation_period"],
		"wants": "something",
		"absent": "fail",
		"problem": "has no rotation period",
		"fix": "Add rotation with rotation_period and topics.",
	}],
	"azurerm_key_vault_secret": [{
		"at": ["expiration_date"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no date on which it ends",
		"fix": "Set expiration_date.",
	}],
	"Microsoft.KeyVault/vaults/secrets": [{
		"at": ["properties", "attributes", "exp"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no date on which it ends",
		"fix": "Set exp in attributes.",
	}],
}
