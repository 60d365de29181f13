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
