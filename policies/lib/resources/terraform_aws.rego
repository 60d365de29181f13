# METADATA
# title: AWS resource types
# description: What a type of the aws provider is in Exhibit's words, beyond those in terraform_types.rego.
package lib.resources.terraform.aws

# Types with the fact always_encrypted store nothing in the clear, whatever is written.
table := {
	"aws_elasticache_replication_group": {"type": "database", "attributes": {"backup_days": ["snapshot_retention_limit"]}},
	"aws_memorydb_cluster": {"type": "database", "attributes": {"backup_days": ["snapshot_retention_limit"]}, "facts": ["always_encrypted"]},
	"aws_dax_cluster": {"type": "database", "attributes": {"encrypted": ["server_side_encryption", 0, "enabled"]}},
	"aws_redshiftserverless_namespace": {"type": "database", "attributes": {}, "facts": ["always_encrypted"]},
	"aws_redshiftserverless_workgroup": {"type": "database_member", "attributes": {"public": ["publicly_accessible"]}},
	"aws_dms_replication_instance": {"type": "database_member", "attributes": {"public": ["publicly_accessible"]}},
	"aws_mq_broker": {"type": "database_member", "attributes": {"public": ["publicly_accessible"]}},
	# New volumes of the account, whatever each of them says.
	"aws_ebs_encryption_by_default": {"type": "volume", "attributes": {"encrypted": ["enabled"]}},
	"aws_fsx_lustre_file_system": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"aws_fsx_ontap_file_system": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"aws_fsx_openzfs_file_system": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"aws_fsx_windows_file_system": {"type": "volume", "attributes": {}, "facts": ["always_encrypted"]},
	"aws_msk_cluster": {"type": "stream", "attributes": {}, "facts": ["always_encrypted"]},
}
