# METADATA
# title: Types of Cloud Asset Inventory
# description: |
#   What a type is in Exhibit's words, and where its API shows the properties that several sources have. Paths begin at `resource.data`.
package lib.resources.gcp_assets.types

# Types with the fact always_encrypted store nothing in the clear, whatever is shown.
table := {
	"sqladmin.googleapis.com/Instance": {
		"type": "database",
		"attributes": {
			"backup_enabled": ["settings", "backupConfiguration", "enabled"],
			"deletion_protection": ["settings", "deletionProtectionEnabled"],
			"public": ["settings", "ipConfiguration", "ipv4Enabled"],
		},
		"facts": ["always_encrypted"],
	},
	"alloydb.googleapis.com/Cluster": {
		"type": "database",
		"attributes": {"backup_enabled": ["automatedBackupPolicy", "enabled"]},
		"facts": ["always_encrypted"],
	},
	"alloydb.googleapis.com/Instance": {"type": "database_member", "attributes": {"public": ["networkConfig", "enablePublicIp"]}},
	"bigtableadmin.googleapis.com/Instance": {"type": "database", "facts": ["always_encrypted"]},
	"spanner.googleapis.com/Database": {"type": "database", "attributes": {"deletion_protection": ["enableDropProtection"]}, "facts": ["always_encrypted"]},
	"redis.googleapis.com/Instance": {"type": "database", "facts": ["always_encrypted"]},
	"compute.googleapis.com/Disk": {"type": "volume", "facts": ["always_encrypted"]},
	"compute.googleapis.com/RegionDisk": {"type": "volume", "facts": ["always_encrypted"]},
	"file.googleapis.com/Instance": {"type": "volume", "facts": ["always_encrypted"]},
	"pubsub.googleapis.com/Topic": {"type": "topic", "facts": ["always_encrypted"]},
	"storage.googleapis.com/Bucket": {"type": "bucket", "facts": ["always_encrypted"]},
	"compute.googleapis.com/Firewall": {"type": "security_group_rule"},
	"cloudkms.googleapis.com/CryptoKey": {"type": "key"},
}
