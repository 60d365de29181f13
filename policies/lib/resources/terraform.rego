# METADATA
# title: Terraform and OpenTofu plans
# description: |
#   Reads `resource_changes` of `terraform show -json`: what will be there after apply. Left out are deletions,
#   data sources and objects that Terraform only forgets. Unchanged resources are judged too.
package lib.resources.terraform

import data.lib.resources.environment
import data.lib.resources.terraform.types

default resources := []

resources := [resource(i, change) |
	some i, change in input.resource_changes
	object.get(change, "mode", "managed") != "data"
	is_object(change.change.after)
]

resource(i, change) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": text(change, "address", place),
		"name": text(change, "name", text(change, "address", place)),
		"provider": "terraform",
		"native_type": change.type,
		"module": object.get(change, "module_address", ""),
		"path": ["resource_changes", i, "change", "after"],
		"values": change.change.after,
		"unknown": unknown(change.change),
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": object.get(kind, "sources", []),
	},
	environment.property(tags(change.change.after)),
) if {
	kind := object.get(types.table, change.type, {})
	place := sprintf("resource_changes[%d]", [i])
}

# A text that is there. A plan that was tampered with may lack one: the resource is judged all the same.
text(change, key, otherwise) := value if {
	value := object.get(change, key, null)
	is_string(value)
	value != ""
} else := otherwise

default unknown(_) := {}

unknown(change) := change.after_unknown if is_object(change.after_unknown)

# Tags of AWS and Azure (tags_all has those of the provider's default_tags), labels of Google. Own tags win.
# The empty object in front: WebAssembly has no union of no objects.
tags(after) := object.union_n(array.concat([{}], [object.get(after, key, {}) |
	some key in ["effective_labels", "labels", "tags_all", "tags"]
	is_object(object.get(after, key, null))
]))
