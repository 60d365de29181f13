package exhibit.policies.bucket_access_lists_off_test

import data.exhibit.policies.bucket_access_lists_off as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_storage_bucket if {
	cases := [
		[{"uniform_bucket_level_access": true}, {}, "pass"],
		[{"uniform_bucket_level_access": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"uniform_bucket_level_access": true}, "unknown"],
	]
	testing.verdicts("google_storage_bucket", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_storage_bucket", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_ownership_controls", "o", {"bucket": "a", "rule": [{"object_ownership": "BucketOwnerEnforced"}]}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_ownership_controls", "o", {"bucket": "a", "rule": [{"object_ownership": "ObjectWriter"}]}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_ownership_controls", "o", {"rule": [{"object_ownership": "BucketOwnerEnforced"}]}, {"bucket": true}]], "unknown"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_storage_bucket.a has access lists of single objects."} with input as testing.plan([["google_storage_bucket", "a", {"uniform_bucket_level_access": false}]])
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
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": true}}}]])) == "pass"
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": false}}}]])) == "fail"
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {}]])) == "unknown"
}
