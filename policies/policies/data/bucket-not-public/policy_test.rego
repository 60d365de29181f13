package exhibit.policies.bucket_not_public_test

import data.exhibit.policies.bucket_not_public as policy
import data.lib.testing

all := {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}

bucket := ["aws_s3_bucket", "a", {"bucket": "a"}]

block(values) := ["aws_s3_bucket_public_access_block", "b", values]

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

test_closed if {
	plan := [bucket, block(object.union(all, {"bucket": "a"}))]
	messages(plan) == set()
	undecided(plan) == set()
	testing.ids(policy.population) == {"aws_s3_bucket.a"} with input as testing.plan(plan)
}

test_no_block if messages([bucket]) == {"No public access block is stated for bucket aws_s3_bucket.a."}

test_block_of_another_bucket if count(messages([bucket, block(object.union(all, {"bucket": "other"}))])) == 1

test_half_a_block if {
	half := object.union(all, {"bucket": "a", "ignore_public_acls": false, "restrict_public_buckets": null})
	messages([bucket, block(half)]) == {"aws_s3_bucket_public_access_block.b leaves ignore_public_acls, restrict_public_buckets off for bucket aws_s3_bucket.a."}
}

test_setting_known_after_apply if {
	plan := [bucket, ["aws_s3_bucket_public_access_block", "b", object.union(object.remove(all, ["block_public_acls"]), {"bucket": "a"}), {"block_public_acls": true}]]
	messages(plan) == set()
	undecided(plan) == {"aws_s3_bucket.a"}
}

test_block_that_cannot_be_placed if {
	plan := [bucket, ["aws_s3_bucket_public_access_block", "b", all, {"bucket": true}]]
	messages(plan) == set()
	undecided(plan) == {"aws_s3_bucket.a"}
}

test_account_block if {
	messages([bucket, ["aws_s3_account_public_access_block", "x", all]]) == set()
	undecided([bucket, ["aws_s3_account_public_access_block", "x", object.union(all, {"block_public_acls": false})]]) == {"aws_s3_bucket.a"}
}

test_open_access_list_is_told if {
	every acl in ["public-read", "public-read-write", "authenticated-read"] {
		messages([["aws_s3_bucket", "a", {"bucket": "a", "acl": acl}]]) == {"No public access block is stated for bucket aws_s3_bucket.a, and its access list is public."}
	}
	count(messages([bucket, ["aws_s3_bucket_acl", "x", {"bucket": "a", "acl": "public-read"}]])) == 1
}

test_open_policy_is_told if {
	open := json.marshal({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]})
	messages([bucket, ["aws_s3_bucket_policy", "x", {"bucket": "a", "policy": open}]]) == {"No public access block is stated for bucket aws_s3_bucket.a, and its policy allows everyone."}
	messages([bucket, ["aws_s3_bucket_policy", "x", {"bucket": "a", "policy": "not json"}]]) == {"No public access block is stated for bucket aws_s3_bucket.a."}
}

test_google if {
	messages([["google_storage_bucket", "a", {"public_access_prevention": "enforced"}]]) == set()
	count(messages([["google_storage_bucket", "a", {"public_access_prevention": "inherited"}]])) == 1
	count(messages([["google_storage_bucket", "a", {}]])) == 1
	undecided([["google_storage_bucket", "a", {}, {"public_access_prevention": true}]]) == {"google_storage_bucket.a"}
}

test_azure if {
	messages([["azurerm_storage_container", "a", {"container_access_type": "private"}], ["azurerm_storage_container", "b", {}]]) == set()
	count(messages([["azurerm_storage_container", "a", {"container_access_type": "blob"}]])) == 1
	undecided([["azurerm_storage_container", "a", {}, {"container_access_type": true}]]) == {"azurerm_storage_container.a"}
}

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

settings(values) := {"PublicAccessBlockConfiguration": object.union(
	{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true},
	values,
)}

test_template if {
	of(testing.template("AWS::S3::Bucket", settings({}))) == "pass"
	of(testing.template("AWS::S3::Bucket", settings({"BlockPublicAcls": false}))) == "fail"
	of(testing.template("AWS::S3::Bucket", settings({"BlockPublicAcls": {"Ref": "P"}}))) == "unknown"
	of(testing.template("AWS::S3::Bucket", settings({"BlockPublicAcls": {"Ref": "P"}, "IgnorePublicAcls": false}))) == "fail"
	of(testing.template("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"Fn::If": ["A", {}, {}]}})) == "unknown"
	of(testing.template("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": true}})) == "fail"
	of(testing.template("AWS::S3::Bucket", {})) == "fail"
}

live(values) := {"PublicAccessBlockConfiguration": object.union(
	{"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true},
	values,
)}

test_live_bucket if {
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, live({}))) == "pass"
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, live({"blockPublicPolicy": false}))) == "fail"
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, {})) == "fail"
	of(testing.item("AWS::S3::Bucket", null, {})) == "unknown"
}

account(values) := testing.item("AWS::S3::AccountPublicAccessBlock", live(values).PublicAccessBlockConfiguration, {})

live_bucket(supplementary) := object.union(testing.item("AWS::S3::Bucket", {"name": "b"}, supplementary), {"resourceId": "b"})

# What holds for the account holds for its buckets, and adds to what a bucket says.
test_live_account if {
	of({"configurationItems": [account({}), live_bucket({})]}) == "pass"
	of({"configurationItems": [account({"blockPublicAcls": false}), live_bucket({})]}) == "fail"
	of({"configurationItems": [account({"blockPublicAcls": false}), live_bucket(live({"blockPublicPolicy": false}))]}) == "pass"
}

# The API server prunes what it does not know.
test_other_spelling_says_nothing if {
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"publicAccessBlock": {"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}})) == "fail"
}

test_custom_resource if {
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"publicAccessBlock": {"blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true}})) == "pass"
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"publicAccessBlock": {"blockPublicACLs": true}})) == "fail"
	of(testing.object_("s3.aws.crossplane.io/v1beta1", "Bucket", {"forProvider": {}})) == "fail"
	of(testing.object_("s3.aws.upbound.io/v1beta1", "Bucket", {"forProvider": {}})) == "unknown"
}

test_violation_names_the_settings_as_they_are_written if {
	{v.fix | some v in policy.violations} == {"Set BlockPublicAcls to true in A."} with input as testing.template("AWS::S3::Bucket", settings({"BlockPublicAcls": false}))
}

closed := {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}

sources(block) := {"resource": {
	"aws_s3_bucket": {"a": [{"bucket": "a"}]},
	"aws_s3_bucket_public_access_block": {"b": [object.union({"bucket": "${aws_s3_bucket.a.id}"}, block)]},
}}

test_source if {
	of(sources(closed)) == "pass"
	of(sources(object.union(closed, {"block_public_acls": false}))) == "fail"
	of(sources(object.union(closed, {"block_public_acls": "${var.x}"}))) == "unknown"

	# The block may be of another bucket, or stand in another file.
	of(sources(object.union(closed, {"bucket": "${aws_s3_bucket.other.id}"}))) == "unknown"
	of(testing.source("aws_s3_bucket", {"bucket": "a"})) == "unknown"
	of(testing.source("google_storage_bucket", {"public_access_prevention": "${var.x}"})) == "unknown"
}

test_azure_account if {
	key := "allow_nested_items_to_be_public"
	messages([["azurerm_storage_account", "a", {key: false}]]) == set()
	undecided([["azurerm_storage_account", "a", {key: false}]]) == set()
	messages([["azurerm_storage_account", "a", {key: true}]]) == {"Storage account azurerm_storage_account.a lets its containers be public."}
	undecided([["azurerm_storage_account", "a", {}]]) == {"azurerm_storage_account.a"}
	undecided([["azurerm_storage_account", "a", {}, {key: true}]]) == {"azurerm_storage_account.a"}
}

test_arm_storage_storage_accounts if {
	cases := [
		[{"properties": {"allowBlobPublicAccess": false}}, "pass"],
		[{"properties": {"allowBlobPublicAccess": true}}, "fail"],
		[{"properties": {}}, "unknown"],
		[{"properties": {"allowBlobPublicAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts", cases)
}

test_arm_storage_storage_accounts_blob_services_containers if {
	cases := [
		[{"properties": {}}, "pass"],
		[{"properties": {"publicAccess": "None"}}, "pass"],
		[{"properties": {"publicAccess": "Container"}}, "fail"],
		[{"properties": {"publicAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts/blobServices/containers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts/blobServices/containers", cases)
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_account_in_a_listing if {
	account := "Microsoft.Storage/storageAccounts"
	listed(testing.azure([[account, "logs", {"allowBlobPublicAccess": false}]])) == "pass"
	listed(testing.azure([[account, "logs", {"allowBlobPublicAccess": true}]])) == "fail"
	listed(testing.azure([[account, "logs", {}]])) == "unknown"
}

test_bucket_in_a_listing if {
	bucket := ["storage.googleapis.com/Bucket", "//storage.googleapis.com/invoices"]
	listed(testing.assets([array.concat(bucket, [{"iamConfiguration": {"publicAccessPrevention": "enforced"}}])])) == "pass"
	listed(testing.assets([array.concat(bucket, [{"iamConfiguration": {"publicAccessPrevention": "inherited"}}])])) == "fail"
	listed(testing.assets([array.concat(bucket, [{}])])) == "unknown"
}
