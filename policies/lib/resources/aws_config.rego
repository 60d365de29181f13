# METADATA
# title: AWS Config items
# description: |
#   Reads configuration items: what a resource of an AWS account is at present. Taken are one item, a snapshot or
#   history file, the answer of get-resource-config-history and batch-get-resource-config, and the events that carry an
#   item. `configuration` may be a JSON text, as the API gives it. Of several items of one resource the last one
#   captured counts. Left out are resources that are gone. An item without a configuration is judged as not known.
package lib.resources.aws_config

import data.lib.resources.aws_config.types
import data.lib.resources.environment

resources := [resource(found.path, found.item) | some found in current]

# Where items stand in the input.
roots := array.concat(listed, single)

listed := [{"path": [key, i], "item": item} |
	some key in ["configurationItems", "baseConfigurationItems"]
	some i, item in input[key]
	is_item(item)
]

single := [{"path": [], "item": input}] if {
	is_item(input)
} else := [{"path": ["configurationItem"], "item": input.configurationItem}] if {
	is_item(input.configurationItem)
} else := [{"path": ["detail", "configurationItem"], "item": input.detail.configurationItem}] if {
	is_item(input.detail.configurationItem)
} else := [{"path": ["invokingEvent"], "item": invoking.configurationItem}] if {
	is_item(invoking.configurationItem)
} else := []

# The event that a rule of AWS Config gets holds the item in a JSON text.
invoking := json.unmarshal(input.invokingEvent) if json.is_valid(input.invokingEvent)

is_item(item) if {
	is_object(item)
	startswith(item.resourceType, "AWS::")
	is_string(item.resourceId)
	some key in ["configuration", "configurationItemStatus", "configurationItemCaptureTime"]
	key in object.keys(item)
}

# Items of resources that are there, the last one of each resource.
current := [root |
	some i, root in roots
	last[identity(root.item)][1] == i
	not gone(root.item)
]

last[id] := max(found) if {
	some id, found in captured
}

captured[id] contains [object.get(root.item, "configurationItemCaptureTime", ""), i] if {
	some i, root in roots
	id := identity(root.item)
}

gone(item) if {
	item.configurationItemStatus in {"ResourceDeleted", "ResourceDeletedNotRecorded"}
	decoded(object.get(item, "configuration", null)) == {}
}

# The ARN; else type, account, region and id.
identity(item) := found[0] if {
	found := [arn | some key in ["ARN", "arn"]; arn := item[key]; is_string(arn); arn != ""]
	count(found) > 0
} else := concat("/", [part |
	some part in [item.resourceType, account(item), object.get(item, "awsRegion", ""), item.resourceId]
	is_string(part)
	part != ""
])

account(item) := object.get(item, "awsAccountId", object.get(item, "accountId", ""))

resource(path, item) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": identity(item),
		"name": name(item),
		"provider": "aws-config",
		"native_type": item.resourceType,
		"module": "",
		"path": path,
		"values": values,
		"unknown": {},
		"computed": {[] | values.configuration == {}},
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": [],
	},
	environment.property(tags(object.get(item, "tags", null))),
) if {
	values := object.union(item, {
		"configuration": decoded(object.get(item, "configuration", null)),
		"supplementaryConfiguration": {key: part(value) |
			some key, value in decoded(object.get(item, "supplementaryConfiguration", null))
		},
	})
	kind := types.of(item.resourceType, values)
}

name(item) := item.resourceName if {
	is_string(item.resourceName)
	item.resourceName != ""
} else := item.resourceId

# An object, also where it is written as JSON in a text.
decoded(value) := value if {
	is_object(value)
} else := object_ if {
	json.is_valid(value)
	object_ := json.unmarshal(value)
	is_object(object_)
} else := {}

part(value) := json.unmarshal(value) if {
	json.is_valid(value)
} else := value

# A map, or in answers of older versions a list of key and value.
tags(written) := {key: found[0] |
	some tag in written
	key := tag.key
	is_string(key)
	found := [other.value | some other in written; other.key == key]
} if {
	is_array(written)
} else := written if {
	is_object(written)
} else := {}
