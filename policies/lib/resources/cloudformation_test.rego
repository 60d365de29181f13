package lib.resources.cloudformation_test

import data.lib.resources
import data.lib.resources.cloudformation

template := {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {
	"Orders": {"Type": "AWS::RDS::DBInstance", "Properties": {
		"StorageEncrypted": {"Ref": "Encrypt"},
		"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
		"BackupRetentionPeriod": 7,
		"Tags": [{"Key": "Environment", "Value": "Production"}, {"Key": "Environment", "Value": "dev"}],
	}},
	"Replica": {"Type": "AWS::RDS::DBInstance", "Properties": {"SourceDBInstanceIdentifier": {"Ref": "Orders"}}},
	"Member": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "Cluster"}}},
	"Topic": {"Type": "AWS::SNS::Topic"},
	"Odd": {"Properties": {}},
	"Loop": ["x"],
}}

by_id := {r.id: r | some r in cloudformation.resources}

test_types if {
	{id: r.type | some id, r in by_id} == {
		"Orders": "database", "Replica": "database", "Member": "database_member", "Topic": "topic",
	} with input as template
}

test_path_leads_to_the_properties if {
	every r in cloudformation.resources { object.get(template, r.path, {}) == r.values } with input as template
}

test_what_a_function_gives_is_unknown if {
	r := by_id.Orders with input as template
	resources.named(r, "encrypted").state == "unknown"
	resources.named(r, "kms_key").state == "unknown"
	resources.named(r, "backup_days") == {"state": "set", "value": 7, "path": ["BackupRetentionPeriod"]}
	resources.named(r, "deletion_protection").state == "absent"
	resources.has_unknown(r, [])
	resources.has_unknown(r, ["Tags"]) == false
}

test_within_a_function_is_unknown if {
	r := by_id.Orders with input as template
	resources.attribute(r, ["KmsKeyId", "Fn::GetAtt", 0]).state == "unknown"
	resources.attribute(r, ["StorageEncrypted", "Deeper"]).state == "unknown"
}

test_reference_to_a_resource_will_be_there if {
	orders := by_id.Orders with input as template
	resources.will_be_there(orders, ["KmsKeyId"]) with input as template
	resources.will_be_there(orders, ["StorageEncrypted"]) == false with input as template
	replica := by_id.Replica with input as template
	resources.will_be_there(replica, ["SourceDBInstanceIdentifier"]) with input as template
}

test_derived if {
	resources.derived(by_id.Replica) with input as template
	resources.derived(by_id.Orders) == false with input as template
}

test_environment_is_that_of_the_first_tag if {
	by_id.Orders.environment == "production" with input as template
	not by_id.Topic.environment with input as template
}

test_macro_beside_the_properties_makes_all_unknown if {
	written := {"Resources": {"A": {"Type": "AWS::S3::Bucket", "Fn::Transform": {"Name": "X"}, "Properties": {"BucketName": "b"}}}}
	resources.attribute(by_id.A, ["BucketName"]).state == "unknown" with input as written
}

test_properties_from_a_function_are_all_unknown if {
	written := {"Resources": {"A": {"Type": "AWS::EFS::FileSystem", "Properties": {"Fn::Transform": {"Name": "AWS::Include"}, "Encrypted": true}}}}
	resources.named(by_id.A, "encrypted").state == "unknown" with input as written
}

test_tags_as_a_map if {
	written := {"Resources": {"A": {"Type": "AWS::Serverless::SimpleTable", "Properties": {"Tags": {"env": "dev"}}}}}
	by_id.A.environment == "dev" with input as written
}

test_no_template if {
	every document in [{"Resources": []}, {"Resources": {"A": {"Type": 1}}}, {"Resources": null}, [], 1] {
		cloudformation.resources == [] with input as document
	}
}

test_a_text_around_what_is_put_in_will_be_there if {
	written := {"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {
		"BucketName": {"Fn::Sub": "shop-${AWS::Region}"},
		"Other": {"Fn::Sub": "${Perhaps}${Empty}"},
	}}}}
	r := by_id.A with input as written
	resources.will_be_there(r, ["BucketName"])
	not resources.will_be_there(r, ["Other"])
}
