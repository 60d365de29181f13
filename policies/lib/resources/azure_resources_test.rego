package lib.resources.azure_resources_test

import data.lib.resources
import data.lib.resources.azure_resources
import data.lib.resources.links
import data.lib.testing

logs := ["Microsoft.Storage/storageAccounts", "logs", {"allowBlobPublicAccess": false}]

test_every_form if {
	rows := testing.azure([logs]).data
	every document in [testing.azure([logs]), {"count": 1, "data": rows, "skip_token": null, "total_records": 1}, {"value": rows, "nextLink": null}, rows] {
		found := azure_resources.resources with input as document
		[[r.id, r.type, r.native_type, r.name, r.environment] | some r in found] == [[
			"/subscriptions/5ad5c4f1-0000-4000-8000-9c2b6d1f7e10/resourcegroups/shop/providers/microsoft.storage/storageaccounts/logs",
			"storage_account", "Microsoft.Storage/storageAccounts", "logs", "production",
		]]
		every r in found { object.get({"document": document}, array.concat(["document"], r.path), {}) == r.values }
	}
}

test_what_is_not_shown_is_unknown if {
	every properties in [{}, null, {"allowBlobPublicAccess": null}] {
		r := azure_resources.resources[0] with input as testing.azure([[logs[0], logs[1], properties]])
		resources.attribute(r, ["properties", "allowBlobPublicAccess"]).state == "unknown"
		resources.attribute(r, ["name"]).state == "set"
	}
}

# By the whole id: the name of one may begin as that of another.
test_what_stands_within if {
	server := ["Microsoft.Sql/servers", "sql", {}]
	settings := ["Microsoft.Sql/servers/auditingSettings", "default", {"state": "Enabled"}, concat("/", [testing.azure_id(server), "auditingSettings"])]
	document := testing.azure([server, ["Microsoft.Sql/servers", "sq", {}], settings])
	found := [[r.name | some r in links.pointing_at(target, {"Microsoft.Sql/servers/auditingSettings"}, "name")] |
		some target in resources.of_native_types({"Microsoft.Sql/servers"})
	] with input as document
	found == [["default"], []]
}

test_no_listing if {
	every document in [{"data": [{"id": "a", "type": "b"}]}, {"value": "x"}, [], ["x", null, {"id": "/subscriptions/s", "type": 1}], {}] {
		azure_resources.resources == [] with input as document
	}
}
