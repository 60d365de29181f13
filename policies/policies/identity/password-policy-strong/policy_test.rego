package exhibit.policies.password_policy_strong_test

import data.exhibit.policies.password_policy_strong as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_iam_account_password_policy if {
	cases := [
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "pass"],
		[{"minimum_password_length": 8, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 13, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {"minimum_password_length": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 5, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {"password_reuse_prevention": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": false, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {"require_uppercase_characters": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": false, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}, {"require_lowercase_characters": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": false, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_symbols": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_symbols": true, "allow_users_to_change_password": true}, {"require_numbers": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": false, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "allow_users_to_change_password": true}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "allow_users_to_change_password": true}, {"require_symbols": true}, "unknown"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": false}, {}, "fail"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true}, {}, "pass"],
		[{"minimum_password_length": 14, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true}, {"allow_users_to_change_password": true}, "unknown"],
	]
	testing.verdicts("aws_iam_account_password_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_account_password_policy", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_iam_account_password_policy.a allows passwords of fewer than 14 characters."} with input as testing.plan([["aws_iam_account_password_policy", "a", {"minimum_password_length": 8, "password_reuse_prevention": 24, "require_uppercase_characters": true, "require_lowercase_characters": true, "require_numbers": true, "require_symbols": true, "allow_users_to_change_password": true}]])
}
