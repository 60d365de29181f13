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

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_template if {
	of(testing.template("AWS::SQS::Queue", {})) == "pass"
	of(testing.template("AWS::SQS::Queue", {"SqsManagedSseEnabled": false})) == "fail"
	of(testing.template("AWS::SQS::Queue", {"SqsManagedSseEnabled": false, "KmsMasterKeyId": "alias/x"})) == "pass"
	of(testing.template("AWS::SQS::Queue", {"SqsManagedSseEnabled": {"Ref": "P"}})) == "unknown"
	of(testing.template("AWS::SNS::Topic", {})) == "fail"
	of(testing.template("AWS::SNS::Topic", {"KmsMasterKeyId": {"Ref": "Parameter"}})) == "unknown"
	of(testing.template("AWS::SNS::Topic", {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}})) == "pass"
	of(testing.template("AWS::SNS::Topic", {"KmsMasterKeyId": {"Ref": "A"}})) == "pass"
	of(testing.template("AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS"}})) == "pass"
	of(testing.template("AWS::Kinesis::Stream", {"StreamEncryption": {"Fn::If": ["A", {"EncryptionType": "KMS"}, {"Ref": "AWS::NoValue"}]}})) == "unknown"
	of(testing.template("AWS::Kinesis::Stream", {})) == "fail"
}

test_live_queue if {
	of(testing.item("AWS::SQS::Queue", {"SqsManagedSseEnabled": "true"}, {})) == "pass"
	of(testing.item("AWS::SQS::Queue", {"SqsManagedSseEnabled": "false"}, {})) == "fail"
	of(testing.item("AWS::SQS::Queue", {"QueueName": "a"}, {})) == "fail"
	of(testing.item("AWS::SNS::Topic", {"KmsMasterKeyId": ""}, {})) == "fail"
	of(testing.item("AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS"}}, {})) == "pass"
}

test_custom_resource if {
	of(testing.object_("sqs.services.k8s.aws/v1alpha1", "Queue", {"sqsManagedSSEEnabled": "false"})) == "fail"
	of(testing.object_("sqs.services.k8s.aws/v1alpha1", "Queue", {"kmsMasterKeyRef": {"from": {"name": "k"}}, "sqsManagedSSEEnabled": "true"})) == "pass"
	of(testing.object_("sns.aws.upbound.io/v1beta1", "Topic", {"forProvider": {"kmsMasterKeyIdRef": {"name": "k"}}})) == "pass"
	of(testing.object_("sns.aws.upbound.io/v1beta1", "Topic", {"forProvider": {}})) == "fail"

	# A reference that names nothing.
	of(testing.object_("sns.aws.upbound.io/v1beta1", "Topic", {"forProvider": {"kmsMasterKeyIdRef": {}}})) == "fail"
}

test_violation_of_a_template_says_what_to_write if {
	[[v.path, v.fix] | some v in policy.violations] == [[["Resources", "A", "Properties"], "Set KmsMasterKeyId."]] with input as testing.template("AWS::SNS::Topic", {})
}

test_source if {
	of(testing.source("aws_sqs_queue", {})) == "unknown"
	of(testing.source("aws_sqs_queue", {"kms_master_key_id": "${var.key}"})) == "unknown"
	of(testing.source("aws_sqs_queue", {"kms_master_key_id": "${aws_kms_key.k.id}"})) == "pass"
	of(testing.source("aws_sqs_queue", {"sqs_managed_sse_enabled": false})) == "fail"
	of(testing.source("aws_sns_topic", {})) == "fail"
	of(testing.source("aws_kinesis_stream", {"encryption_type": "${var.t}"})) == "unknown"
}

test_services_that_always_encrypt if {
	plan := testing.plan([[type, "a", {}] | some type in ["google_pubsub_topic", "azurerm_servicebus_namespace", "azurerm_eventhub_namespace", "aws_msk_cluster"]])
	policy.violations == set() with input as plan
	policy.unknowns == set() with input as plan
	count(policy.population) == 4 with input as plan
}
