package exhibit.policies.bucket_encrypted_at_rest_test

import data.exhibit.policies.bucket_encrypted_at_rest as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

rule(algorithm) := [{"apply_server_side_encryption_by_default": [{"sse_algorithm": algorithm}]}]

configuration(values) := ["aws_s3_bucket_server_side_encryption_configuration", "c", values]

bucket := ["aws_s3_bucket", "a", {"bucket": "a", "server_side_encryption_configuration": []}]

test_in_a_resource_of_its_own if {
	every algorithm in ["AES256", "aws:kms", "aws:kms:dsse"] {
		failed([bucket, configuration({"bucket": "a", "rule": rule(algorithm)})]) == set()
		undecided([bucket, configuration({"bucket": "a", "rule": rule(algorithm)})]) == set()
	}
}

test_in_a_block if {
	failed([["aws_s3_bucket", "a", {"server_side_encryption_configuration": [{"rule": rule("AES256")}]}]]) == set()
}

test_not_stated if failed([bucket]) == {"aws_s3_bucket.a"}

test_of_another_bucket if failed([bucket, configuration({"bucket": "b", "rule": rule("AES256")})]) == {"aws_s3_bucket.a"}

test_method_known_after_apply if {
	undecided([bucket, configuration({"bucket": "a", "rule": [{}]})]) == {"aws_s3_bucket.a"}
	undecided([["aws_s3_bucket", "a", {"bucket": "a"}, {"server_side_encryption_configuration": true}]]) == {"aws_s3_bucket.a"}
}

test_configuration_that_cannot_be_placed if {
	undecided([bucket, ["aws_s3_bucket_server_side_encryption_configuration", "c", {"rule": rule("AES256")}, {"bucket": true}]]) == {"aws_s3_bucket.a"}
}

test_clouds_that_always_encrypt if {
	plan := testing.plan([["google_storage_bucket", "a", {}], ["azurerm_storage_container", "b", {}]])
	policy.violations == set() with input as plan
	policy.unknowns == set() with input as plan
	count(policy.population) == 2 with input as plan
}

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

encrypted(algorithm) := {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]}}

test_template if {
	of(testing.template("AWS::S3::Bucket", encrypted("aws:kms"))) == "pass"
	of(testing.template("AWS::S3::Bucket", encrypted("AES256"))) == "pass"
	of(testing.template("AWS::S3::Bucket", encrypted("none"))) == "fail"
	of(testing.template("AWS::S3::Bucket", {})) == "fail"
	of(testing.template("AWS::S3::Bucket", encrypted({"Ref": "Algorithm"}))) == "unknown"
	of(testing.template("AWS::S3::Bucket", {"BucketEncryption": {"Fn::If": ["A", {}, {}]}})) == "unknown"
}

rules(algorithm) := {"ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}]}}

test_live_bucket if {
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, rules("aws:kms"))) == "pass"
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, rules(null))) == "fail"
	of(testing.item("AWS::S3::Bucket", {"name": "a"}, {})) == "fail"
	of(testing.item("AWS::S3::Bucket", null, {})) == "unknown"
}

test_other_spelling_says_nothing if {
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"encryption": {"rules": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}})) == "fail"
}

test_custom_resource if {
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"encryption": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}})) == "pass"
	of(testing.object_("s3.services.k8s.aws/v1alpha1", "Bucket", {"name": "a"})) == "fail"

	# Objects of their own configure this one.
	of(testing.object_("s3.aws.upbound.io/v1beta1", "Bucket", {"forProvider": {}})) == "unknown"
}

test_violation_of_a_template_says_what_to_write if {
	[[v.path, v.fix] | some v in policy.violations] == [[
		["Resources", "A", "Properties", "BucketEncryption"],
		"Write a rule with the algorithm aws:kms or AES256 into BucketEncryption.ServerSideEncryptionConfiguration.",
	]] with input as testing.template("AWS::S3::Bucket", {"BucketEncryption": {}})
}
