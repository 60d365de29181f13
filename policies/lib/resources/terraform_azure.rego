# METADATA
# title: Azure resource types
# description: What a type of the azurerm provider is in Exhibit's words, beyond those in terraform_types.rego.
package lib.resources.terraform.azure

# Encryption at rest has no switch in these services.
encrypted(type, attributes) := {"type": type, "attributes": attributes, "facts": ["always_encrypted"]}

open_end := {"public": ["public_network_access_enabled"]}

table := {
	"azurerm_cosmosdb_account": encrypted("database", open_end),
	"azurerm_redis_cache": encrypted("database", open_end),
	"azurerm_postgresql_server": encrypted("database", object.union(open_end, {"backup_days": ["backup_retention_days"]})),
	"azurerm_mysql_server": encrypted("database", object.union(open_end, {"backup_days": ["backup_retention_days"]})),
	"azurerm_synapse_sql_pool": {"type": "database", "attributes": {"encrypted": ["data_encrypted"]}},
	# The server has the address; its databases have the data.
	"azurerm_mssql_server": {"type": "database_member", "attributes": open_end},
	"azurerm_mssql_managed_instance": {"type": "database_member", "attributes": {"public": ["public_data_endpoint_enabled"]}},
	"azurerm_managed_disk": encrypted("volume", {}),
	"azurerm_servicebus_namespace": encrypted("queue", {}),
	"azurerm_eventhub_namespace": encrypted("stream", {}),
	"azurerm_storage_account": {"type": "storage_account"},
	"azurerm_key_vault_key": {"type": "key"},
}
