# METADATA
# title: Templates of Azure Resource Manager
# description: |
#   Reads `resources` of a template, with those within a resource and within the templates of deployments. Exhibit's reader has put
#   in what parameters with a default value and variables give. What is left in brackets only the deployment knows: it is computed,
#   never set, never absent. A resource that no condition can bring about is left out; one under a condition that is not known is judged as
#   if it were made. Its id is its type with its name, both with those of the resource around it.
package lib.resources.arm

import data.lib.resources.arm.types
import data.lib.resources.environment

default resources := []

resources := [resource(path, declared) |
	is_template
	some [path, declared] in places
]

# As the reader of Exhibit tells them.
is_template if {
	is_string(input["$schema"])
	regex.match(`(?i)^https?://schema\.management\.azure\.com/schemas/[0-9-]+[a-z]*/([a-z]+)?deploymenttemplate\.json#?$`, input["$schema"])
}

places := [[array.concat(["resources"], path), declared] |
	walk(input.resources, [path, declared])
	count(path) > 0
	is_object(declared)
	is_string(declared.type)
	stands(path)
	is_made(declared)
]

# [i], then any number of ["resources", i] and ["properties", "template", "resources", i].
stands(path) if regex.match(`^[^/]+(/resources/[^/]+|/properties/template/resources/[^/]+)*$`, text(path))

text(path) := concat("/", [replace(sprintf("%v", [step]), "/", "-") | some step in path])

default is_made(_) := true

is_made(declared) := false if declared.condition == false

# A resource that is there already is only named.
is_made(declared) := false if declared.existing == true

resource(path, declared) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": concat("/", [native, name]),
		"name": name,
		"provider": "arm",
		"native_type": native,
		"module": "",
		"path": path,
		"values": declared,
		"unknown": {},
		"computed": (expressions(declared) | loops(declared)),
		"references": references(declared),
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": object.get(kind, "sources", []),
	},
	environment.property(tags(declared)),
) if {
	around := above(path)
	written := concat("/", [part | some one in array.concat(around, [declared]); part := one.type])
	native := object.get(types.spelled, lower(written), written)
	name := concat("/", [part | some one in array.concat(around, [declared]); part := name_of(one)])
	kind := object.get(types.table, native, {})
}

name_of(declared) := declared.name if {
	is_string(declared.name)
} else := "?"

# The resources that a resource stands in: its type and name begin with theirs. A template within a deployment begins anew, and so
# does a type that is written in full.
above(path) := [] if {
	contains(object.get(input, path, {}).type, ".")
} else := [one |
	some length in numbers.range(2, count(path) - 2)
	length % 2 == 0
	length < count(path) - 1
	length > start(path)
	one := object.get(input, array.slice(path, 0, length), {})
	is_string(one.type)
]

# Where the innermost template's list of resources begins.
start(path) := max(array.concat([0], [i |
	some i, step in path
	step == "resources"
	path[i - 1] == "template"
]))

expression(node) if {
	is_string(node)
	startswith(node, "[")
	endswith(node, "]")
	not startswith(node, "[[")
}

# Resources within are judged by themselves.
expressions(declared) := {path |
	walk(object.remove(declared, ["resources"]), [path, node])
	expression(node)
}

# Members that a loop makes.
loops(declared) := {array.concat(array.slice(path, 0, count(path) - 2), [node.name]) |
	walk(object.get(declared, "properties", {}), [within, node])
	path := array.concat(["properties"], within)
	count(path) > 2
	path[count(path) - 2] == "copy"
	is_number(path[count(path) - 1])
	is_string(node.name)
}

# Where the id of a resource stands: there will be one.
references(declared) := {path |
	walk(object.remove(declared, ["resources"]), [path, node])
	expression(node)
	regex.match(`(?i)^\[(resourceId|extensionResourceId|managementGroupResourceId|subscriptionResourceId|tenantResourceId)\(`, node)
}

tags(declared) := declared.tags if {
	is_object(declared.tags)
} else := {}
