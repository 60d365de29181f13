# METADATA
# title: Types of Azure Resource Manager
# description: |
#   What a type is in Exhibit's words, and where the properties stand that several sources have. Types are the same in any case, so
#   `spelled` gives the spelling that policies use.
package lib.resources.arm.types

spelled := {lower(type): type | some type in names}

names := object.keys(table) | plain

# Types with the fact always_encrypted store nothing in the clear, whatever is written.
table := {
	"Microsoft.Sql/servers": {"type": "database_member", "attributes": {"public": ["properties", "publicNetworkAccess"]}},
	"Microsoft.Sql/managedInstances": {"type": "database_member", "attributes": {"public": ["properties", "publicDataEndpointEnabled"]}},
	# Transparent data encryption is on unless a resource within the database switches it off.
	"Microsoft.Sql/servers/databases": {"type": "database", "facts": ["encrypted_by_default"]},
	"Microsoft.Sql/servers/databases/transparentDataEncryption": {"type": "database_encryption"},
	"Microsoft.DBforPostgreSQL/flexibleServers": flexible_server,
	"Microsoft.DBforMySQL/flexibleServers": flexible_server,
	"Microsoft.DocumentDB/databaseAccounts": {"type": "database", "attributes": {"public": ["properties", "publicNetworkAccess"]}, "facts": ["always_encrypted"]},
	"Microsoft.Cache/redis": {"type": "database", "attributes": {"public": ["properties", "publicNetworkAccess"]}, "facts": ["always_encrypted"]},
	"Microsoft.Compute/disks": {"type": "volume", "facts": ["always_encrypted"]},
	"Microsoft.ServiceBus/namespaces": {"type": "queue", "facts": ["always_encrypted"]},
	"Microsoft.EventHub/namespaces": {"type": "stream", "facts": ["always_encrypted"]},
	"Microsoft.Storage/storageAccounts": {"type": "storage_account"},
	"Microsoft.Storage/storageAccounts/blobServices/containers": {"type": "bucket", "facts": ["always_encrypted"]},
	"Microsoft.Network/networkSecurityGroups": {"type": "security_group"},
	"Microsoft.Network/networkSecurityGroups/securityRules": {"type": "security_group_rule"},
	"Microsoft.KeyVault/vaults/keys": {"type": "key"},
}

flexible_server := {
	"type": "database",
	"attributes": {
		"backup_days": ["properties", "backup", "backupRetentionDays"],
		"public": ["properties", "network", "publicNetworkAccess"],
	},
	"facts": ["always_encrypted", "backups_kept_a_week"],
}

# Types that policies name without more.
plain := {
	"Microsoft.Authorization/roleAssignments",
	"Microsoft.CognitiveServices/accounts",
	"Microsoft.Compute/virtualMachineScaleSets",
	"Microsoft.Compute/virtualMachines",
	"Microsoft.ContainerRegistry/registries",
	"Microsoft.ContainerService/managedClusters",
	"Microsoft.ContainerService/managedClusters/agentPools",
	"Microsoft.DataProtection/backupVaults",
	"Microsoft.Insights/components",
	"Microsoft.Insights/diagnosticSettings",
	"Microsoft.KeyVault/vaults",
	"Microsoft.KeyVault/vaults/secrets",
	"Microsoft.MachineLearningServices/workspaces",
	"Microsoft.Network/networkInterfaces",
	"Microsoft.OperationalInsights/workspaces",
	"Microsoft.RecoveryServices/vaults",
	"Microsoft.Search/searchServices",
	"Microsoft.Security/pricings",
	"Microsoft.Sql/servers/administrators",
	"Microsoft.Sql/servers/auditingSettings",
	"Microsoft.Sql/servers/extendedAuditingSettings",
	"Microsoft.Sql/servers/securityAlertPolicies",
	"Microsoft.Storage/storageAccounts/blobServices",
	"Microsoft.Web/sites",
	"Microsoft.Web/sites/config",
	"Microsoft.Web/sites/slots",
}
