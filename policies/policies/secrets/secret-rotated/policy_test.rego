package exhibit.policies.secret_rotated_test

import data.exhibit.policies.secret_rotated as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_secret_manager_secret if {
	cases := [
		[{"rotation": [{"rotation_period": "7776000s"}]}, {}, "pass"],
		[{"rotation": [{"rotation_period": ""}]}, {}, "fail"],
		[{"rotation": [{}]}, {}, "fail"],
		[{"rotation": [{}]}, {"rotation": [{"rotation_period": true}]}, "unknown"],
	]
	testing.verdicts("google_secret_manager_secret", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_secret_manager_secret", cases)
}

test_azurerm_key_vault_secret if {
	cases := [
		[{"expiration_date": "2027-06-30T00:00:00Z"}, {}, "pass"],
		[{"expiration_date": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"expiration_date": true}, "pass"],
	]
	testing.verdicts("azurerm_key_vault_secret", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_key_vault_secret", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_secretsmanager_secret", "a", {"id": "arn:a", "name": "a"}], ["aws_secretsmanager_secret_rotation", "r", {"secret_id": "arn:a", "rotation_rules": [{"automatically_after_days": 30}]}]], "pass"],
	[[["aws_secretsmanager_secret", "a", {"id": "arn:a", "name": "a"}]], "fail"],
	[[["aws_secretsmanager_secret", "a", {"id": "arn:a", "name": "a"}], ["aws_secretsmanager_secret_rotation", "r", {"secret_id": "arn:b", "rotation_rules": [{"automatically_after_days": 30}]}]], "fail"],
	[[["aws_secretsmanager_secret", "a", {"name": "a"}], ["aws_secretsmanager_secret_rotation", "r", {"rotation_rules": [{"automatically_after_days": 30}]}, {"secret_id": true}]], "unknown"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_secret_manager_secret.a has no rotation period."} with input as testing.plan([["google_secret_manager_secret", "a", {"rotation": [{"rotation_period": ""}]}]])
}

test_arm_key_vault_vaults_secrets if {
	cases := [
		[{"properties": {"attributes": {"exp": 1798761600}}}, "pass"],
		[{"properties": {"attributes": {"exp": "[parameters('x')]"}}}, "unknown"],
		[{"properties": {"attributes": {"exp": 1798761600}, "contentType": "text/plain"}}, "pass"],
		[{"properties": {}}, "fail"],
		[{"properties": {"attributes": {"enabled": true}}}, "fail"],
		[{"properties": {"attributes": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.KeyVault/vaults/secrets", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.KeyVault/vaults/secrets", cases)
}
