package exhibit.policies.queue_encrypted_at_rest_test

import data.exhibit.policies.queue_encrypted_at_rest as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

test_queue if {
	failed([["aws_sqs_queue", "a", {"sqs_managed_sse_enabled": true}], ["aws_sqs_queue", "b", {"kms_master_key_id": "alias/x"}]]) == set()
	failed([["aws_sqs_queue", "a", {"sqs_managed_sse_enabled": false, "kms_master_key_id": ""}]]) == {"aws_sqs_queue.a"}
	failed([["aws_sqs_queue", "a", {}]]) == {"aws_sqs_queue.a"}
}

test_queue_left_to_the_service if {
	undecided([["aws_sqs_queue", "a", {}, {"sqs_managed_sse_enabled": true}]]) == {"aws_sqs_queue.a"}
	failed([["aws_sqs_queue", "a", {}, {"sqs_managed_sse_enabled": true}]]) == set()
}

test_key_of_the_same_plan if {
	failed([["aws_sns_topic", "a", {}, {"kms_master_key_id": true}]]) == set()
	undecided([["aws_sns_topic", "a", {}, {"kms_master_key_id": true}]]) == set()
}

test_topic if failed([["aws_sns_topic", "a", {"kms_master_key_id": null}]]) == {"aws_sns_topic.a"}

test_stream if {
	failed([["aws_kinesis_stream", "a", {"encryption_type": "KMS"}]]) == set()
	failed([["aws_kinesis_stream", "a", {"encryption_type": "NONE"}]]) == {"aws_kinesis_stream.a"}
	failed([["aws_kinesis_stream", "a", {}]]) == {"aws_kinesis_stream.a"}
}

test_fix if {
	[v.fix | some v in policy.violations] == ["Set kms_master_key_id or sqs_managed_sse_enabled."] with input as testing.plan([["aws_sqs_queue", "a", {}]])
}

test_services_that_always_encrypt if {
	plan := testing.plan([[type, "a", {}] | some type in ["google_pubsub_topic", "azurerm_servicebus_namespace", "azurerm_eventhub_namespace", "aws_msk_cluster"]])
	policy.violations == set() with input as plan
	policy.unknowns == set() with input as plan
	count(policy.population) == 4 with input as plan
}
