package lib.resources.terraform_test

import data.lib.resources.terraform

change(address, type, actions, after) := {
	"address": address,
	"mode": "managed",
	"type": type,
	"name": "x",
	"change": {"actions": actions, "before": {}, "after": after, "after_unknown": {"id": true}},
}

plan := {"format_version": "1.2", "resource_changes": [
	change("aws_db_instance.new", "aws_db_instance", ["create"], {"a": 1}),
	change("aws_db_instance.gone", "aws_db_instance", ["delete"], null),
	change("aws_db_instance.forgotten", "aws_db_instance", ["forget"], null),
	change("aws_db_instance.same", "aws_db_instance", ["no-op"], {"a": 2}),
	change("aws_db_instance.replaced", "aws_db_instance", ["delete", "create"], {"a": 3}),
	object.union(change("data.aws_db_instance.read", "aws_db_instance", ["read"], {"a": 4}), {"mode": "data"}),
	change("custom_thing.x", "custom_thing", ["update"], {"a": 5}),
	object.union(
		change("module.a[\"x.y\"].aws_rds_cluster.this[0]", "aws_rds_cluster", ["update"], {"a": 6}),
		{"module_address": "module.a[\"x.y\"]"},
	),
]}

test_takes_what_will_be_there if {
	[[r.id, r.type, r.path[1], r.values.a] | some r in terraform.resources] == [
		["aws_db_instance.new", "database", 0, 1],
		["aws_db_instance.same", "database", 3, 2],
		["aws_db_instance.replaced", "database", 4, 3],
		["custom_thing.x", "other", 6, 5],
		["module.a[\"x.y\"].aws_rds_cluster.this[0]", "database", 7, 6],
	] with input as plan
}

test_path_leads_to_the_values if {
	every r in terraform.resources { object.get(plan, r.path, null) == r.values } with input as plan
}

test_unknown_tree if terraform.resources[0].unknown == {"id": true} with input as plan

test_unknown_tree_that_is_none if {
	odd := {"resource_changes": [{"address": "a.b", "type": "a", "change": {"actions": ["create"], "after": {}, "after_unknown": false}}]}
	[[r.unknown, r.name, r.module] | some r in terraform.resources] == [[{}, "a.b", ""]] with input as odd
}

test_no_plan if terraform.resources == [] with input as {"resource_changes": null}

test_resource_without_an_address_is_not_lost if {
	odd := {"resource_changes": [
		{"type": "aws_sqs_queue", "change": {"after": {}}},
		{"type": "aws_sqs_queue", "address": "", "name": 7, "mode": null, "change": {"after": {}}},
	]}
	[[r.id, r.name] | some r in terraform.resources] == [
		["resource_changes[0]", "resource_changes[0]"],
		["resource_changes[1]", "resource_changes[1]"],
	] with input as odd
}
