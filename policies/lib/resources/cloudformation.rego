# METADATA
# title: CloudFormation templates
# description: |
#   Reads `Resources` of a template in its JSON form, in which a short tag of YAML is written out: `!Ref X` is
#   `{"Ref": "X"}`. What an intrinsic function gives is decided when the stack is made (parameters, conditions, other
#   resources), so such a value is computed: never set, never absent. A resource under a condition is judged as if it
#   were made.
package lib.resources.cloudformation

import data.lib.resources.cloudformation.types
import data.lib.resources.environment

default resources := []

resources := [resource(id, declared) |
	some id, declared in input.Resources
	is_object(declared)
	is_string(declared.Type)
] if {
	is_object(input.Resources)
}

resource(id, declared) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": id,
		"name": id,
		"provider": "cloudformation",
		"native_type": declared.Type,
		"module": "",
		"path": ["Resources", id, "Properties"],
		"values": values,
		"unknown": {},
		"computed": (whole(declared) | computed(values)),
		"references": references(values),
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": object.get(kind, "sources", []),
	},
	environment.property(tags(object.get(values, "Tags", null))),
) if {
	values := properties(declared)
	kind := types.of(declared.Type, values)
}

default properties(_) := {}

# A property that is AWS::NoValue is as if it were not written.
properties(declared) := {name: value |
	some name, value in declared.Properties
	value != {"Ref": "AWS::NoValue"}
} if {
	is_object(declared.Properties)
}

# A macro beside the properties may change all of them.
whole(declared) := {[] | some key, _ in declared; startswith(key, "Fn::")}

# Where the values of intrinsic functions stand.
computed(values) := {path |
	walk(values, [path, node])
	is_object(node)
	some key, _ in node
	intrinsic(key)
}

# Where the name of another resource of the template stands, or a text around one: whatever it will be, there will be one.
references(values) := {path |
	walk(values, [path, node])
	is_object(node)
	count(node) == 1
	some key, named in node
	names_resource(key, named)
}

names_resource("Fn::GetAtt", _)

# A text with something of its own around what is put into it.
names_resource("Fn::Sub", text) if {
	is_string(text)
	not regex.match(`^(\$\{[^}]*\})*$`, text)
}

names_resource("Ref", named) if is_object(object.get(input.Resources, named, null))

intrinsic("Ref")

intrinsic(key) if startswith(key, "Fn::")

# A list of Key and Value, or a map in a serverless resource. Of a key that is there twice, the first counts.
tags(written) := {key: found[0] |
	some tag in written
	key := tag.Key
	is_string(key)
	found := [other.Value | some other in written; other.Key == key]
} if {
	is_array(written)
} else := written if {
	is_object(written)
} else := {}
