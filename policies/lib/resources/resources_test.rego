package lib.resources_test

import data.lib.resources
import data.lib.testing

one := {"id": "a.b", "path": ["x"], "values": {"a": [{"b": null, "c": false}], "d": "y"}, "unknown": {"a": [{"b": true}], "e": true}, "attributes": {"encrypted": ["a", 0, "c"]}}

test_attribute_set if {
	resources.attribute(one, ["a", 0, "c"]) == {"state": "set", "value": false, "path": ["a", 0, "c"]}
}

test_attribute_unknown if resources.attribute(one, ["a", 0, "b"]).state == "unknown"

test_attribute_below_unknown if resources.attribute(one, ["e", 0, "f"]).state == "unknown"

test_attribute_absent if resources.attribute(one, ["nothing", "here"]).state == "absent"

test_attribute_through_text_is_absent if resources.attribute(one, ["d", "e"]).state == "absent"

test_named if resources.named(one, "encrypted").value == false

test_named_of_another_type_is_undefined if not resources.named(one, "backup_days")

test_has_unknown if {
	resources.has_unknown(one, ["a"])
	resources.has_unknown(one, ["e"])
	not resources.has_unknown(one, ["d"])
	resources.has_unknown(one, ["d"]) == false
}

test_nearest if {
	resources.nearest(one.values, ["a", 0, "zz", "y"]) == ["a", 0]
	resources.nearest(one.values, ["a", 0, "b"]) == ["a", 0, "b"]
	resources.nearest(one.values, ["zz"]) == []
	resources.nearest(one.values, []) == []
}

test_violation if {
	resources.violation(one, "why", ["a", 0, "zz"], "fix") == {"subject": "a.b", "message": "why", "path": ["x", "a", 0], "fix": "fix"}
	resources.undecided(one, "why", ["d"]) == {"subject": "a.b", "message": "why", "path": ["x", "d"]}
}

test_booleans if {
	every value in [true, "true", "True"] {
		resources.is_true(value)
		resources.is_false(value) == false
	}
	every value in [false, "false", "FALSE"] {
		resources.is_false(value)
		resources.is_true(value) == false
	}
	every value in [null, 1, "", [], {}] {
		resources.is_true(value) == false
		resources.is_false(value) == false
	}
}

test_list if {
	resources.list(null) == []
	resources.list([1]) == [1]
	resources.list("a") == ["a"]
	resources.list(false) == [false]
}

test_dotted if resources.dotted(["settings", 0, "enabled"]) == "settings.enabled"

test_nothing_in_an_empty_input if {
	every document in [{}, [], "text", 1, null, {"kind": "AdmissionReview", "request": {"operation": "DELETE", "object": null}}] {
		resources.resources == [] with input as document
	}
}

test_subject_states_an_environment_only_where_it_is_stated if {
	found := resources.resources with input as testing.plan([
		["aws_db_instance", "a", {"tags": {"Environment": "Production"}}],
		["aws_db_instance", "b", {"tags": null}],
		["aws_db_instance", "c", {"tags": {"env": "dev", "Stage": "x"}, "tags_all": {"env": "prod", "Owner": "me"}}],
		["google_storage_bucket", "d", {"labels": {"environment": ""}}],
	])
	[resources.subject(r) | some r in found] == [
		{"id": "aws_db_instance.a", "type": "database", "name": "a", "environment": "production"},
		{"id": "aws_db_instance.b", "type": "database", "name": "b"},
		{"id": "aws_db_instance.c", "type": "database", "name": "c", "environment": "dev"},
		{"id": "google_storage_bucket.d", "type": "bucket", "name": "d"},
	]
}

test_of_type if {
	count(resources.of_type("database")) == 1 with input as testing.plan([["aws_db_instance", "a", {}], ["aws_sqs_queue", "b", {}]])
}

test_environment_of_keys_that_differ_in_case if {
	plan := testing.plan([["aws_db_instance", "a", {"tags": {"environment": "b", "ENVIRONMENT": "c", "Environment": "a", "env": "d"}}]])
	[r.environment | some r in resources.resources] == ["c"] with input as plan
}

test_resource_without_tags_is_there if {
	count(resources.resources) == 1 with input as testing.plan([["aws_s3_bucket_public_access_block", "a", {}]])
}

several := {
	"format_version": "1.2",
	"resource_changes": [{"address": address, "mode": "managed", "type": type, "name": name, "change": {"after": {}}} |
		some [type, name] in [["aws_s3_bucket", "z"], ["aws_db_instance", "b"], ["aws_s3_bucket", "a"], ["aws_rds_cluster", "a"]]
		address := concat(".", [type, name])
	],
}

test_lists_are_in_the_order_of_the_input if {
	[r.id | some r in resources.of_type("bucket")] == ["aws_s3_bucket.z", "aws_s3_bucket.a"] with input as several
	[r.id | some r in resources.of_type("database")] == ["aws_db_instance.b", "aws_rds_cluster.a"] with input as several
	[r.id | some r in resources.of_native_types({"aws_s3_bucket"})] == ["aws_s3_bucket.z", "aws_s3_bucket.a"] with input as several
	resources.of_type("queue") == [] with input as several
	resources.of_native_types({"aws_sqs_queue"}) == [] with input as several
	resources.of_native_types(set()) == [] with input as several
}

test_of_several_native_types_one_type_comes_after_the_other if {
	found := resources.of_native_types({"aws_s3_bucket", "aws_rds_cluster", "aws_sqs_queue"}) with input as several
	[r.id | some r in found] == ["aws_rds_cluster.a", "aws_s3_bucket.z", "aws_s3_bucket.a"]
}

test_a_resource_that_is_wholly_unknown if {
	resources.attribute({"id": "a", "values": {}, "unknown": true}, ["x", 0]).state == "unknown"
	resources.attribute({"id": "a", "values": {}, "unknown": {"x": false}}, ["x", 0]).state == "absent"
	resources.attribute({"id": "a", "values": {}, "unknown": {"x": [true]}}, ["x", 0]).state == "unknown"
	resources.attribute({"id": "a", "values": {}, "unknown": {}}, []).state == "set"
}
