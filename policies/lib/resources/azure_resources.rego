# METADATA
# title: Listings of Azure
# description: |
#   Reads what Azure Resource Graph answers (`data`), lists of Azure Resource Manager (`value`) and a bare list of their resources: what is there at
#   present. Types and properties are those of templates. A listing may leave things out: settings that were never set, and most of what is a
#   resource within another. So what it does not show is unknown (`listed`), and never the service's default.
package lib.resources.azure_resources

import data.lib.resources.arm.types
import data.lib.resources.environment

default resources := []

resources := [resource(found.path, found.row) | some found in rows]

rows := array.concat(array.concat(within("data"), within("value")), bare)

within(key) := [{"path": [key, i], "row": row} |
	is_object(input)
	some i, row in list(object.get(input, key, []))
	is_resource(row)
]

bare := [{"path": [i], "row": row} |
	some i, row in list(input)
	is_resource(row)
]

list(value) := value if {
	is_array(value)
} else := []

is_resource(row) if {
	is_object(row)
	is_string(row.type)
	contains(row.type, "/")
	is_string(row.id)
	regex.match(`(?i)^/(subscriptions|providers)/`, row.id)
}

# Ids of Azure are the same in any case, and listings differ in it.
resource(path, row) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": lower(row.id),
		"name": name(row),
		"provider": "azure-resources",
		"native_type": native,
		"module": "",
		"path": path,
		"values": row,
		"unknown": {},
		"computed": set(),
		"listed": true,
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": [],
	},
	environment.property(tags(row)),
) if {
	native := object.get(types.spelled, lower(row.type), row.type)
	kind := object.get(types.table, native, {})
}

name(row) := row.name if {
	is_string(row.name)
} else := row.id

tags(row) := row.tags if {
	is_object(row.tags)
} else := {}
