# METADATA
# title: Passwords of the account are long and not used again
# description: |
#   The password policy of an AWS account asks for 14 characters, capital and small letters, digits and symbols,
#   refuses the last 24 passwords, and lets people change their own. Google Cloud and Azure keep such rules in their
#   directory, which a plan does not show.
# custom:
#   exhibit:
#     id: password-policy-strong
#     severity: medium
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Passwords of people on the platform meet the rules of the organisation.
#       - control: iso27001/a.5.17
#         strength: partial
#         rationale: Shows that rules for passwords are enforced by the platform.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: The strength of passwords is enforced as the procedures for authentication ask.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set the arguments of aws_iam_account_password_policy as the description says.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.password_policy_strong

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_iam_account_password_policy": [
		{
			"at": ["minimum_password_length"],
			"wants": {"at_least": 14},
			"absent": "fail",
			"problem": "allows passwords of fewer than 14 characters",
			"fix": "Set minimum_password_length to 14 or more.",
		},
		{
			"at": ["password_reuse_prevention"],
			"wants": {"at_least": 24},
			"absent": "fail",
			"problem": "allows passwords that were used before",
			"fix": "Set password_reuse_prevention to 24.",
		},
		{
			"at": ["require_uppercase_characters"],
			"wants": "true",
			"absent": "fail",
			"problem": "does not ask for capital letters",
			"fix": "Set require_uppercase_characters to true.",
		},
		{
			"at": ["require_lowercase_characters"],
			"wants": "true",
			"absent": "fail",
			"problem": "does not ask for small letters",
			"fix": "Set require_lowercase_characters to true.",
		},
		{
			"at": ["require_numbers"],
			"wants": "true",
			"absent": "fail",
			"problem": "does not ask for digits",
			"fix": "Set require_numbers to true.",
		},
		{
			"at": ["require_symbols"],
			"wants": "true",
			"absent": "fail",
			"problem": "does not ask for symbols",
			"fix": "Set require_symbols to true.",
		},
		{
			"at": ["allow_users_to_change_password"],
			"wants": "true",
			"absent": "pass",
			"problem": "keeps people from changing their password",
			"fix": "Set allow_users_to_change_password to true.",
		},
	],
}
