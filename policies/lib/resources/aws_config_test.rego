package lib.resources.aws_config_test

import data.lib.resources
import data.lib.resources.aws_config

item(id, captured, status, configuration) := {
	"version": "1.3", "accountId": "111122223333", "configurationItemCaptureTime": captured,
	"configurationItemStatus": status, "resourceType": "AWS::RDS::DBInstance", "resourceId": id, "resourceName": "orders",
	"ARN": concat(":", ["arn:aws:rds:eu-central-1:111122223333:db", id]), "awsRegion": "eu-central-1",
	"tags": {"Environment": "Production"}, "relationships": [], "configuration": configuration, "supplementaryConfiguration": {},
}

one := item("a", "2026-11-01T08:00:00.000Z", "OK", {"storageEncrypted": true})

found := [[r.id, resources.named(r, "encrypted").state] | some r in aws_config.resources]

id := "arn:aws:rds:eu-central-1:111122223333:db:a"

test_every_form_of_one_item if {
	every document in [
		one,
		{"configurationItems": [one]},
		{"baseConfigurationItems": [one], "unprocessedResourceKeys": []},
		{"configurationItem": one, "messageType": "ConfigurationItemChangeNotification"},
		{"source": "aws.config", "detail": {"configurationItem": one}},
		{"invokingEvent": json.marshal({"configurationItem": one}), "configRuleName": "r"},
	] {
		found == [[id, "set"]] with input as document
	}
}

test_path_leads_to_the_item if {
	every document in [one, {"configurationItems": [one, one]}, {"configurationItem": one}, {"detail": {"configurationItem": one}}] {
		every r in aws_config.resources { object.get(document, r.path, {}) == r.values } with input as document
		count(aws_config.resources) == 1 with input as document
	}
}

test_configuration_as_a_text if {
	text := object.union(one, {"configuration": "{\"storageEncrypted\": false}"})
	[resources.named(r, "encrypted").value | some r in aws_config.resources] == [false] with input as text
}

test_parts_as_texts if {
	bucket := {
		"resourceType": "AWS::S3::Bucket", "resourceId": "b", "configuration": {"name": "b"},
		"supplementaryConfiguration": {
			"PublicAccessBlockConfiguration": "{\"blockPublicAcls\": true}",
			"BucketPolicy": {"policyText": null},
			"IsRequesterPaysEnabled": "\"false\"",
		},
	}
	r := aws_config.resources[0] with input as bucket
	resources.named(r, "public_block").value == {"blockPublicAcls": true}
	r.values.supplementaryConfiguration.IsRequesterPaysEnabled == "false"
}

test_without_a_configuration_nothing_is_known if {
	every configuration in [null, "", "not json", {}] {
		found == [[id, "unknown"]] with input as item("a", "2026-11-01T08:00:00.000Z", "ResourceNotRecorded", configuration)
	}
}

test_last_item_of_a_resource_counts if {
	newer := item("a", "2026-11-02T08:00:00.000Z", "OK", {"storageEncrypted": false})
	[resources.named(r, "encrypted").value | some r in aws_config.resources] == [false] with input as {"configurationItems": [one, newer]}
	[resources.named(r, "encrypted").value | some r in aws_config.resources] == [false] with input as {"configurationItems": [newer, one]}
}

test_what_is_gone_is_left_out if {
	gone := item("a", "2026-11-02T08:00:00.000Z", "ResourceDeleted", null)
	found == [] with input as {"configurationItems": [one, gone]}
	found == [[id, "set"]] with input as {"configurationItems": [one, item("b", "2026-11-02T08:00:00.000Z", "ResourceDeleted", null)]}
}

# Only a status that says so is not believed while the configuration is still there.
test_gone_with_a_configuration_is_judged if {
	found == [[id, "set"]] with input as item("a", "2026-11-02T08:00:00.000Z", "ResourceDeleted", {"storageEncrypted": false})
}

test_id_without_an_arn if {
	bare := object.remove(one, ["ARN"])
	[r.id | some r in aws_config.resources] == ["AWS::RDS::DBInstance/111122223333/eu-central-1/a"] with input as bare
}

test_environment_and_name if {
	[[r.environment, r.name] | some r in aws_config.resources] == [["production", "orders"]] with input as one
	[r.name | some r in aws_config.resources] == ["a"] with input as object.union(one, {"resourceName": null})
}

test_member_of_a_cluster if {
	member := object.union(one, {"configuration": {"dBClusterIdentifier": "c"}})
	[r.type | some r in aws_config.resources] == ["database_member"] with input as member
}

test_no_item if {
	every document in [
		{"configurationItems": [{"resourceType": "AWS::S3::Bucket"}, "x", null]}, {"configurationItems": "x"},
		{"invokingEvent": "not json"}, {"invokingEvent": "{\"messageType\": \"ScheduledNotification\"}"}, {"resourceType": "Pod", "resourceId": "x"},
	] {
		aws_config.resources == [] with input as document
	}
}
