package lib.resources.arm_test

import data.lib.resources
import data.lib.resources.arm

schema := "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"

template(list) := {"$schema": schema, "contentVersion": "1.0.0.0", "resources": list}

account := {"type": "microsoft.storage/STORAGEACCOUNTS", "name": "logs", "tags": {"Environment": "Production"}, "properties": {
	"minimumTlsVersion": "[parameters('tls')]",
	"networkAcls": {"defaultAction": "Deny", "copy": [{"name": "ipRules", "count": 2, "input": {"value": "x"}}]},
	"keyVaultId": "[resourceId('Microsoft.KeyVault/vaults', 'a')]",
	"label": "[[plain]",
}}

by_id := {r.id: r | some r in arm.resources}

test_type_name_and_environment if {
	r := by_id["Microsoft.Storage/storageAccounts/logs"] with input as template([account])
	[r.type, r.native_type, r.name, r.environment] == ["storage_account", "Microsoft.Storage/storageAccounts", "logs", "production"]
	r.path == ["resources", 0]
}

test_what_only_the_deployment_knows_is_unknown if {
	r := by_id["Microsoft.Storage/storageAccounts/logs"] with input as template([account])
	resources.attribute(r, ["properties", "minimumTlsVersion"]).state == "unknown"
	resources.attribute(r, ["properties", "networkAcls", "defaultAction"]).state == "set"
	resources.attribute(r, ["properties", "networkAcls", "ipRules"]).state == "unknown"
	resources.attribute(r, ["properties", "label"]).state == "set"
	resources.attribute(r, ["properties", "gone"]).state == "absent"
	resources.will_be_there(r, ["properties", "keyVaultId"])
	not resources.will_be_there(r, ["properties", "minimumTlsVersion"])
}

test_properties_from_an_expression_are_all_unknown if {
	r := by_id["Microsoft.Storage/storageAccounts/logs"] with input as template([object.union(account, {"properties": "[variables('x')]"})])
	resources.attribute(r, ["properties", "minimumTlsVersion"]).state == "unknown"
}

test_resources_within if {
	document := template([{"type": "Microsoft.Sql/servers", "name": "sql", "resources": [
		{"type": "databases", "name": "orders", "resources": [{"type": "transparentDataEncryption", "name": "current"}]},
		{"type": "Microsoft.Insights/diagnosticSettings", "name": "all"},
	]}])
	ids := {id | some id, _ in by_id} with input as document
	ids == {
		"Microsoft.Sql/servers/sql",
		"Microsoft.Sql/servers/databases/sql/orders",
		"Microsoft.Sql/servers/databases/transparentDataEncryption/sql/orders/current",
		"Microsoft.Insights/diagnosticSettings/all",
	}
	every r in arm.resources { object.get(document, r.path, {}) == r.values } with input as document
}

test_templates_of_deployments if {
	inner := {"resources": [{"type": "Microsoft.Sql/servers", "name": "sql", "resources": [{"type": "databases", "name": "orders"}]}]}
	deployment := {"type": "Microsoft.Resources/deployments", "name": "m", "properties": {"template": inner}}
	ids := {id | some id, _ in by_id} with input as template([deployment])
	ids == {"Microsoft.Resources/deployments/m", "Microsoft.Sql/servers/sql", "Microsoft.Sql/servers/databases/sql/orders"}
}

test_resources_by_name if {
	document := {"$schema": schema, "languageVersion": "2.0", "resources": {
		"store": account,
		"there": object.union(account, {"existing": true, "name": "x"}),
	}}
	{r.path | some r in arm.resources} == {["resources", "store"]} with input as document
}

test_conditions if {
	off := object.union(account, {"condition": false})
	arm.resources == [] with input as template([off])
	count(arm.resources) == 1 with input as template([object.union(account, {"condition": "[parameters('x')]"})])
	count(arm.resources) == 1 with input as template([object.union(account, {"condition": true})])
}

test_no_template if {
	every document in [{"resources": [account]}, template(null), template([1]), template([{"name": "a"}]), [], 1, {"$schema": 1}] {
		arm.resources == [] with input as document
	}
}
