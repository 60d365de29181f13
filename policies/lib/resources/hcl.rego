# METADATA
# title: Terraform source
# description: |
#   Reads the resource blocks of one `.tf` file in the JSON form of hcl2json and Conftest: a block is a list under its type
#   and labels, a literal its value, any other expression a text with `${`. Nothing is computed, so what an expression
#   gives is computed: never set, never absent. The same holds where nothing is written and the provider may choose. One
#   file is not the module: what other files add is not seen.
package lib.resources.hcl

import data.lib.resources.environment
import data.lib.resources.terraform.types

default resources := []

resources := [resource(type, name, i, block) |
	some type, named in input.resource
	some name, blocks in named
	some i, block in blocks
	is_object(block)
] if {
	is_object(input.resource)
}

resource(type, name, i, block) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": concat(".", [type, name]),
		"name": name,
		"provider": "hcl",
		"native_type": type,
		"module": "",
		"path": ["resource", type, name, i],
		"values": block,
		"unknown": {},
		"computed": (((expressions(block) | dynamic(block)) | left_open(type, block, kind)) | implied(type, block)),
		"references": references(block),
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": object.get(kind, "sources", []),
	},
	environment.property(tags(block)),
) if {
	kind := object.get(types.table, type, {})
}

# Where a text has an interpolation, or a whole expression stands as a text.
expressions(block) := {path |
	walk(block, [path, node])
	is_string(node)
	interpolated(node)
}

interpolated(text) if contains(text, "${")

interpolated(text) if contains(text, "%{")

# Blocks that are made by a loop. They may be made within other blocks too.
dynamic(block) := {array.concat(array.slice(path, 0, count(path) - 1), [name]) |
	walk(block, [path, node])
	count(path) > 0
	path[count(path) - 1] == "dynamic"
	is_object(node)
	some name, _ in node
}

# Properties that are not written, and of which the provider says "optional, computed".
left_open(type, block, kind) := {[at[0]] |
	some at in object.get(kind, "attributes", {})
	object.get(block, at[0], null) == null
	not [type, at[0]] in settled
}

# Arguments that stay unset where they are not written, or have a fixed default (schema of the AWS provider).
settled := {
	["aws_db_instance", "storage_encrypted"], ["aws_db_instance", "replicate_source_db"],
	["aws_neptune_cluster", "storage_encrypted"],
	["aws_sqs_queue", "kms_master_key_id"], ["aws_sns_topic", "kms_master_key_id"], ["aws_kinesis_stream", "encryption_type"],
}

# Blocks that the provider fills in where they are not written.
implied(type, block) := {[name] |
	some name in object.get(
		{
			"aws_security_group": ["ingress"],
			"aws_default_security_group": ["ingress"],
			"azurerm_network_security_group": ["security_rule"],
		},
		type, [],
	)
	object.get(block, name, null) == null
}

# Where nothing but an attribute of another resource stands.
references(block) := {path |
	walk(block, [path, node])
	is_string(node)
	regex.match(`^\$\{(data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z0-9_-]+(\[[^\[\]]*\])?\.[a-z0-9_]+\}$`, node)
}

tags(block) := object.union_n(array.concat([{}], [object.get(block, key, {}) |
	some key in ["labels", "tags"]
	is_object(object.get(block, key, null))
]))
