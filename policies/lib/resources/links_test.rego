package lib.resources.links_test

import data.lib.resources
import data.lib.resources.links
import data.lib.testing

types := {"aws_s3_bucket_public_access_block"}

# Ids of the blocks that configure the bucket with an id, and of those that nobody can place.
blocks(id) := [other.id |
	some r in resources.resources
	r.id == id
	some other in links.pointing_at(r, types, "bucket")
]

unplaced := [r.id | some r in links.unresolved(types, "bucket")]

bucket(name) := ["aws_s3_bucket", name, {"bucket": name}, {"id": true}]

block(name, after) := ["aws_s3_bucket_public_access_block", name, after, {"bucket": true}]

test_by_known_name if {
	plan := testing.plan([bucket("a"), bucket("b"), block("x", {"bucket": "b"})])
	blocks("aws_s3_bucket.a") == [] with input as plan
	blocks("aws_s3_bucket.b") == ["aws_s3_bucket_public_access_block.x"] with input as plan
	unplaced == [] with input as plan
}

test_by_reference if {
	plan := testing.plan_with(
		[bucket("a"), bucket("b"), block("x", {})],
		{"aws_s3_bucket_public_access_block.x": {"bucket": {"references": ["aws_s3_bucket.a.id", "aws_s3_bucket.a"]}}},
	)
	blocks("aws_s3_bucket.a") == ["aws_s3_bucket_public_access_block.x"] with input as plan
	blocks("aws_s3_bucket.b") == [] with input as plan
	unplaced == [] with input as plan
}

test_reference_that_leads_elsewhere if {
	plan := testing.plan_with(
		[bucket("a"), block("x", {})],
		{"aws_s3_bucket_public_access_block.x": {"bucket": {"references": ["var.bucket"]}}},
	)
	blocks("aws_s3_bucket.a") == [] with input as plan
	unplaced == ["aws_s3_bucket_public_access_block.x"] with input as plan
}

test_plan_without_configuration if {
	plan := testing.plan([bucket("a"), block("x", {})])
	blocks("aws_s3_bucket.a") == [] with input as plan
	unplaced == ["aws_s3_bucket_public_access_block.x"] with input as plan
}

# Two instances of a bucket in a module whose keys hold what addresses are made of.
module := `module.store["a.b[\"c\"]"].module.inner[0]`

instance(type, key, after) := {
	"address": sprintf("%s.%s.this[%s]", [module, type, key]),
	"module_address": module,
	"mode": "managed",
	"type": type,
	"name": "this",
	"change": {"actions": ["create"], "after": after, "after_unknown": {"bucket": true, "id": true}},
}

repeated(references, repetition) := {
	"resource_changes": [
		instance("aws_s3_bucket", "0", {}),
		instance("aws_s3_bucket", "1", {}),
		instance("aws_s3_bucket_public_access_block", "0", {}),
	],
	"configuration": {"root_module": {"module_calls": {"store": {"module": {"module_calls": {"inner": {"module": {"resources": [object.union(
		{"address": "aws_s3_bucket_public_access_block.this", "expressions": {"bucket": {"references": references}}},
		repetition,
	)]}}}}}}}},
}

bucket_id(i) := sprintf("%s.aws_s3_bucket.this[%d]", [module, i])

test_same_instance if {
	plan := repeated(["aws_s3_bucket.this", "count.index"], {})
	count(blocks(bucket_id(0))) == 1 with input as plan
	blocks(bucket_id(1)) == [] with input as plan
	unplaced == [] with input as plan
}

test_named_instance if {
	plan := repeated(["aws_s3_bucket.this[1].id", "aws_s3_bucket.this[1]", "aws_s3_bucket.this"], {})
	blocks(bucket_id(0)) == [] with input as plan
	count(blocks(bucket_id(1))) == 1 with input as plan
}

test_repeated_over_buckets if {
	plan := repeated(["each.value.id", "each.value"], {"for_each_expression": {"references": ["aws_s3_bucket.this"]}})
	count(blocks(bucket_id(0))) == 1 with input as plan
	blocks(bucket_id(1)) == [] with input as plan
}

test_same_address_in_another_module if {
	plan := testing.plan_with(
		[bucket("this"), block("this", {})],
		{"aws_s3_bucket_public_access_block.this": {"bucket": {"references": ["aws_s3_bucket.this"]}}},
	)
	other := object.union(plan, {"resource_changes": array.concat(plan.resource_changes, [instance("aws_s3_bucket", "0", {})])})
	blocks(bucket_id(0)) == [] with input as other
	count(blocks("aws_s3_bucket.this")) == 1 with input as other
}

arm_schema := "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"

test_resources_of_a_template_by_name_and_by_scope if {
	document := {"$schema": arm_schema, "resources": [
		{"type": "Microsoft.KeyVault/vaults", "name": "a"},
		{"type": "Microsoft.KeyVault/vaults", "name": "ab"},
		{"type": "Microsoft.KeyVault/vaults/keys", "name": "a/k"},
		{"type": "Microsoft.Insights/diagnosticSettings", "name": "d", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'a')]"},
		{"type": "Microsoft.Insights/diagnosticSettings", "name": "e", "scope": "[parameters('x')]"},
	]}
	all := {r.id: r | some r in resources.resources} with input as document
	keys := [r.id | some r in links.pointing_at(all["Microsoft.KeyVault/vaults/a"], {"Microsoft.KeyVault/vaults/keys"}, "name")] with input as document
	keys == ["Microsoft.KeyVault/vaults/keys/a/k"]
	links.pointing_at(all["Microsoft.KeyVault/vaults/ab"], {"Microsoft.KeyVault/vaults/keys"}, "name") == [] with input as document
	settings := [r.name | some r in links.pointing_at(all["Microsoft.KeyVault/vaults/a"], {"Microsoft.Insights/diagnosticSettings"}, "scope")] with input as document
	settings == ["d"]
	open := [r.name | some r in links.unresolved({"Microsoft.Insights/diagnosticSettings"}, "scope")] with input as document
	open == ["e"]
}
