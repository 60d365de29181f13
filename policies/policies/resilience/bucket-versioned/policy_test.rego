package exhibit.policies.bucket_versioned_test

import data.exhibit.policies.bucket_versioned as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_storage_bucket if {
	cases := [
		[{"versioning": [{"enabled": true}]}, {}, "pass"],
		[{"versioning": [{"enabled": false}]}, {}, "fail"],
		[{"versioning": [{}]}, {}, "fail"],
		[{"versioning": [{}]}, {"versioning": [{"enabled": true}]}, "unknown"],
	]
	testing.verdicts("google_storage_bucket", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_storage_bucket", cases)
}

test_azurerm_storage_account if {
	cases := [
		[{"blob_properties": [{"versioning_enabled": true}]}, {}, "pass"],
		[{"blob_properties": [{"versioning_enabled": false}]}, {}, "fail"],
		[{"blob_properties": [{}]}, {}, "fail"],
		[{"blob_properties": [{}]}, {"blob_properties": [{"versioning_enabled": true}]}, "unknown"],
		[{"account_kind": "FileStorage"}, {}, "none"],
		[{"is_hns_enabled": true}, {}, "none"],
	]
	testing.verdicts("azurerm_storage_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_storage_account", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_versioning", "v", {"bucket": "a", "versioning_configuration": [{"status": "Enabled"}]}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_versioning", "v", {"bucket": "a", "versioning_configuration": [{"status": "Suspended"}]}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_versioning", "v", {"bucket": "b", "versioning_configuration": [{"status": "Enabled"}]}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_versioning", "v", {"versioning_configuration": [{"status": "Enabled"}]}, {"bucket": true}]], "unknown"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}], ["aws_s3_bucket_versioning", "v", {"bucket": "a", "versioning_configuration": [{}]}, {"versioning_configuration": [{"status": true}]}]], "unknown"],
	[[["aws_s3_bucket", "a", {"bucket": "a", "versioning": [{"enabled": true}]}]], "pass"],
	[[["aws_s3_bucket", "a", {"bucket": "a", "versioning": [{"enabled": false}]}]], "fail"],
	[[["aws_s3_bucket", "a", {"bucket": "a"}, {"versioning": true}]], "fail"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_storage_bucket.a keeps no earlier versions of its objects."} with input as testing.plan([["google_storage_bucket", "a", {"versioning": [{"enabled": false}]}]])
}

test_arm_account_and_its_blob_service if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "a", "properties": {}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "a", "properties": {}}, {"type": "Microsoft.Storage/storageAccounts/blobServices", "apiVersion": "2023-01-01", "name": "a/default", "properties": {"isVersioningEnabled": true}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "a", "properties": {}}, {"type": "Microsoft.Storage/storageAccounts/blobServices", "apiVersion": "2023-01-01", "name": "a/default", "properties": {"isVersioningEnabled": "[parameters('x')]"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "none" with input as testing.arm_template([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "a", "properties": {"isHnsEnabled": true}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "none" with input as testing.arm_template([{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2024-01-01", "name": "a", "kind": "FileStorage", "properties": {}}])
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
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {"versioning": {"enabled": true}}]])) == "pass"
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {"versioning": {"enabled": false}}]])) == "fail"
	listed(testing.assets([["storage.googleapis.com/Bucket", "//storage.googleapis.com/a", {}]])) == "unknown"
}
