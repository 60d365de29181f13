# METADATA
# title: Listings of Google Cloud
# description: |
#   Reads what Cloud Asset Inventory lists and exports, with the content type RESOURCE: `resource.data` is the resource as its own API shows it. Taken are an answer
#   (`assets`), a bare list and one asset, in the spelling of JSON or of an export (`asset_type`). An API leaves out what is false, zero or empty, so
#   what is not shown is unknown (`listed`), and never the service's default.
package lib.resources.gcp_assets

import data.lib.resources.environment
import data.lib.resources.gcp_assets.types

default resources := []

resources := [resource(found.path, found.asset) | some found in assets]

assets := array.concat(array.concat(answered, bare), single)

answered := [{"path": ["assets", i], "asset": asset} |
	is_object(input)
	some i, asset in list(object.get(input, "assets", []))
	is_asset(asset)
]

bare := [{"path": [i], "asset": asset} |
	some i, asset in list(input)
	is_asset(asset)
]

single := [{"path": [], "asset": input}] if {
	is_asset(input)
} else := []

list(value) := value if {
	is_array(value)
} else := []

is_asset(asset) if {
	is_object(asset)
	is_string(asset.name)
	startswith(asset.name, "//")
	contains(type_of(asset), ".googleapis.com/")
}

type_of(asset) := asset.assetType if {
	is_string(asset.assetType)
} else := asset.asset_type if {
	is_string(asset.asset_type)
}

resource(path, asset) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": asset.name,
		"name": regex.replace(asset.name, `^.*/`, ""),
		"provider": "gcp-assets",
		"native_type": native,
		"module": "",
		"path": array.concat(path, within),
		"values": object.get(asset, within, {}),
		"unknown": {},
		"computed": set(),
		"listed": true,
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": [],
	},
	environment.property(labels(object.get(asset, within, {}))),
) if {
	native := type_of(asset)
	kind := object.get(types.table, native, {})
	within := data_path(asset)
}

# Without its content an asset is there, and nothing of it is known.
data_path(asset) := ["resource", "data"] if {
	is_object(asset.resource.data)
} else := []

# Cloud SQL calls them userLabels.
labels(values) := object.union_n(array.concat([{}], [labels |
	some at in [["labels"], ["resourceLabels"], ["settings", "userLabels"]]
	labels := object.get(values, at, null)
	is_object(labels)
]))
