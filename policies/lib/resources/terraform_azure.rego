# METADATA
# title: Azure resource types
# description: What a type of the azurerm provider is in Exhibit's words, beyond those in terraform_types.rego.
package lib.resources.terraform.azure

# Types with the fact always_encrypted store nothing in the clear, whatever is written.
table := {
	"azurerm_cosmosdb_account": {"type": "database", "attributes": {"public": ["public_network_access_enabled"]}, "facts": ["always_encrypted"]},
	"azurerm_redis_cache": {"type": "database", "attributes": {"public": ["public_network_access_enabled"]}, "facts": ["always_encrypted"]},
	"azurerm_postgresql_server": {"type": "database", "attributes": {"backup_days": ["backup_retention_days"], "public": ["public_network_access_enabled"]}, "facts": ["always_encrypted"]},
	"azurerm_mysql_server": {"type": "database", "attributes": {"backup_days": ["backup_retention_days"], "public": ["public_network_access_enabled"]}, "facts": ["always_encrypted"]},
	"azurerm_synapse_sql_pool": {"type": "database", "attributes": {"encrypted": ["data_encrypted"]}},
	# The server has the address; its databases have the data.
	"azurerm_mssql_server": {"type": "database_member", "attributes": {"public": ["public_network_access_enabled"]}},
	"azurerm_mssql_managed_instance": {"type": "database_member", "attributes": {"public": ["public_data_endpoint_enabled"]}},
	"azurerm_managed_disk": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"azurerm_servicebus_namespace": {"type": "queue", "attributes": {}, "facts": ["always_encrypted"]},
	"azurerm_eventhub_namespace": {"type": "stream", "attributes": {}, "facts": ["always_encrypted"]},
	"azurerm_storage_account": {"type": "storage_account"},
	"azurerm_key_vault_key": {"type": "key"},
}
