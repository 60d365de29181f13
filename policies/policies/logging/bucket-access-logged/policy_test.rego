package exhibit.policies.bucket_access_logged_test

import data.exhibit.policies.bucket_access_logged as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_storage_bucket if {
	cases := [
		[{"logging": [{"log_bucket": "shop-logs"}]}, {}, "pass"],
		[{"logging": [{"log_bucket": ""}]}, {}, "fail"],
		[{"logging": [{}]}, {}, "fail"],
		[{"logging": [{}]}, {"logging": [{"log_bucket": true}]}, "pass"],
	]
	testing.verdicts("google_storage_bucket", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_storage_bucket", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_logging", "l", {"bucket": "a", "target_bucket": "logs"}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_logging", "l", {"bucket": "a"}, {"target_bucket": true}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_logging", "l", {"target_bucket": "logs"}, {"bucket": true}]], "unknown"],
	[[["aws_s3_bucket", "a", {"bucket": "a", "logging": [{"target_bucket": "logs"}]}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a", "logging": []}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}, {"logging": true}]], "fail"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_storage_bucket.a does not log who reads and writes it."} with input as testing.plan([["google_storage_bucket", "a", {"logging": [{"log_bucket": ""}]}]])
}
