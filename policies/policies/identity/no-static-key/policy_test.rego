package exhibit.policies.no_static_key_test

import data.exhibit.policies.no_static_key as policy
import data.lib.testing

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_iam_user", "anna", {"name": "anna"}]], "pass"],
	[[["aws_iam_user", "anna", {"name": "anna"}], ["aws_iam_access_key", "k", {"user": "anna"}]], "fail"],
	[[["aws_iam_user", "anna", {"name": "anna"}], ["aws_iam_access_key", "k", {"user": "bert"}]], "pass"],
	[[["aws_iam_user", "anna", {"name": "anna"}], ["aws_iam_access_key", "k", {}, {"user": true}]], "unknown"],
	[[["google_service_account", "web", {"account_id": "web"}]], "pass"],
	[[["google_service_account", "web", {"name": "projects/p/serviceAccounts/web"}], ["google_service_account_key", "k", {"service_account_id": "projects/p/serviceAccounts/web"}]], "fail"],
	[[["google_service_account", "web", {}, {"name": true}], ["google_service_account_key", "k", {}, {"service_account_id": true}]], "unknown"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_iam_user.anna has a long-lived access key."} with input as testing.plan([["aws_iam_user", "anna", {"name": "anna"}], ["aws_iam_access_key", "k", {"user": "anna"}]])
}
