# METADATA
# title: Google Cloud resource types
# description: What a type of the google provider is in Exhibit's words, beyond those in terraform_types.rego.
package lib.resources.terraform.google

# Google Cloud encrypts all that is stored; a resource only chooses the key.
encrypted(type, attributes) := {"type": type, "attributes": attributes, "facts": ["always_encrypted"]}

table := {
	"google_alloydb_cluster": encrypted("database", {
		"backup_enabled": ["automated_backup_policy", 0, "enabled"],
		"deletion_protection": ["deletion_protection"],
	}),
	"google_alloydb_instance": {"type": "database_member", "attributes": {"public": ["network_config", 0, "enable_public_ip"]}},
	"google_bigtable_instance": encrypted("database", {"deletion_protection": ["deletion_protection"]}),
	"google_spanner_database": encrypted("database", {"deletion_protection": ["deletion_protection"]}),
	"google_redis_instance": encrypted("database", {}),
	"google_compute_disk": encrypted("volume", {}),
	"google_compute_region_disk": encrypted("volume", {}),
	"google_filestore_instance": encrypted("volume", {}),
	"google_pubsub_topic": encrypted("topic", {}),
}
