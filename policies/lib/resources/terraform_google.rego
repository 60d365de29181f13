# METADATA
# title: Google Cloud resource types
# description: What a type of the google provider is in Exhibit's words, beyond those in terraform_types.rego.
package lib.resources.terraform.google

# Types with the fact always_encrypted store nothing in the clear, whatever is written.
table := {
	"google_alloydb_cluster": {
		"type": "database", "attributes": {
			"backup_enabled": ["automated_backup_policy", 0, "enabled"],
			"deletion_protection": ["deletion_protection"],
		},
		"facts": ["always_encrypted"],
	},
	"google_alloydb_instance": {"type": "database_member", "attributes": {"public": ["network_config", 0, "enable_public_ip"]}},
	"google_bigtable_instance": {"type": "database", "attributes": {"deletion_protection": ["deletion_protection"]}, "facts": ["always_encrypted"]},
	"google_spanner_database": {"type": "database", "attributes": {"deletion_protection": ["deletion_protection"]}, "facts": ["always_encrypted"]},
	"google_redis_instance": {"type": "database", "attributes": {}, "facts": ["always_encrypted"]},
	"google_compute_disk": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"google_compute_region_disk": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"google_filestore_instance": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"google_pubsub_topic": {"type": "topic", "attributes": {}, "facts": ["always_encrypted"]},
}
