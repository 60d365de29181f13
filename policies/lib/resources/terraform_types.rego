# METADATA
# title: Terraform resource types
# description: |
#   What a Terraform type is in Exhibit's words, and where the properties stand that several sources have.
#   Facts are properties that a service has without being asked, such as always_encrypted.
package lib.resources.terraform.types

import data.lib.resources.terraform.aws
import data.lib.resources.terraform.azure
import data.lib.resources.terraform.google

table := object.union_n([databases, volumes, other, aws.table, azure.table, google.table])

rds := {
	"encrypted": ["storage_encrypted"],
	"kms_key": ["kms_key_id"],
	"backup_days": ["backup_retention_period"],
	"deletion_protection": ["deletion_protection"],
	"log_exports": ["enabled_cloudwatch_logs_exports"],
	"public": ["publicly_accessible"],
}

cluster := object.union(object.remove(rds, ["public"]), {"engine_mode": ["engine_mode"]})

search := {"encrypted": ["encrypt_at_rest", 0, "enabled"]}

databases := {
	"aws_db_instance": {"type": "database", "attributes": rds, "sources": [["replicate_source_db"]]},
	"aws_rds_cluster": {"type": "database", "attributes": cluster, "sources": [["replication_source_identifier"]]},
	"aws_docdb_cluster": {"type": "database", "attributes": cluster},
	"aws_neptune_cluster": {
		"type": "database",
		"attributes": object.union(cluster, {"kms_key": ["kms_key_arn"], "log_exports": ["enable_cloudwatch_logs_exports"]}),
		"sources": [["replication_source_identifier"]],
	},
	"aws_rds_cluster_instance": {"type": "database_member", "attributes": {"public": ["publicly_accessible"]}},
	"aws_redshift_cluster": {"type": "database", "attributes": {
		"encrypted": ["encrypted"],
		"kms_key": ["kms_key_id"],
		"backup_days": ["automated_snapshot_retention_period"],
		"public": ["publicly_accessible"],
	}},
	# Terraform computes the global group where none is written, so only a written one names a source.
	"aws_elasticache_replication_group": {"type": "database", "attributes": {
		"encrypted": ["at_rest_encryption_enabled"],
		"global_group": ["global_replication_group_id"],
	}},
	"aws_elasticsearch_domain": {"type": "database", "attributes": search},
	"aws_opensearch_domain": {"type": "database", "attributes": search},
	# DynamoDB encrypts every table; the argument only chooses the key.
	"aws_dynamodb_table": {
		"type": "database",
		"attributes": {
			"point_in_time_recovery": ["point_in_time_recovery", 0, "enabled"],
			"deletion_protection": ["deletion_protection_enabled"],
		},
		"facts": ["always_encrypted"],
	},
	# Cloud SQL encrypts every instance; backups and public addresses are in a settings block.
	"google_sql_database_instance": {
		"type": "database",
		"attributes": {
			"backup_enabled": ["settings", 0, "backup_configuration", 0, "enabled"],
			"deletion_protection": ["deletion_protection"],
			"public": ["settings", 0, "ip_configuration", 0, "ipv4_enabled"],
		},
		"facts": ["always_encrypted"],
	},
	# Transparent data encryption is on unless it is switched off.
	"azurerm_mssql_database": {
		"type": "database",
		"attributes": {"encrypted": ["transparent_data_encryption_enabled"]},
		"facts": ["encrypted_by_default"],
	},
	"azurerm_postgresql_flexible_server": {
		"type": "database",
		"attributes": {"backup_days": ["backup_retention_days"], "public": ["public_network_access_enabled"]},
		"facts": ["always_encrypted"],
	},
	"azurerm_mysql_flexible_server": {
		"type": "database",
		"attributes": {"backup_days": ["backup_retention_days"], "public": ["public_network_access"]},
		"facts": ["always_encrypted"],
	},
}

volumes := {
	"aws_ebs_volume": {"type": "volume", "attributes": {"encrypted": ["encrypted"]}},
	"aws_ebs_snapshot_copy": {"type": "volume", "attributes": {"encrypted": ["encrypted"]}},
	"aws_efs_file_system": {"type": "volume", "attributes": {"encrypted": ["encrypted"]}},
	"aws_instance": {"type": "instance", "attributes": {}},
	"aws_launch_template": {"type": "instance_template", "attributes": {}},
	"aws_launch_configuration": {"type": "instance_template", "attributes": {}},
}

other := {
	"aws_s3_bucket": {"type": "bucket"},
	"google_storage_bucket": {"type": "bucket", "facts": ["always_encrypted"]},
	"azurerm_storage_container": {"type": "bucket", "facts": ["always_encrypted"]},
	"aws_sqs_queue": {"type": "queue", "attributes": {
		"kms_key": ["kms_master_key_id"],
		"managed_encryption": ["sqs_managed_sse_enabled"],
	}},
	"aws_sns_topic": {"type": "topic", "attributes": {"kms_key": ["kms_master_key_id"]}},
	"aws_kinesis_stream": {"type": "stream", "attributes": {"encryption_type": ["encryption_type"]}},
	"aws_security_group": {"type": "security_group"},
	"aws_default_security_group": {"type": "security_group"},
	"aws_security_group_rule": {"type": "security_group_rule"},
	"aws_vpc_security_group_ingress_rule": {"type": "security_group_rule"},
	"google_compute_firewall": {"type": "security_group_rule"},
	"azurerm_network_security_rule": {"type": "security_group_rule"},
	"azurerm_network_security_group": {"type": "security_group"},
	"aws_iam_policy": {"type": "iam_policy"},
	"aws_iam_role_policy": {"type": "iam_policy"},
	"aws_iam_user_policy": {"type": "iam_policy"},
	"aws_iam_group_policy": {"type": "iam_policy"},
	"aws_iam_role": {"type": "iam_role"},
	"aws_iam_role_policy_attachment": {"type": "iam_attachment"},
	"aws_iam_user_policy_attachment": {"type": "iam_attachment"},
	"aws_iam_group_policy_attachment": {"type": "iam_attachment"},
	"aws_iam_policy_attachment": {"type": "iam_attachment"},
	"aws_ssoadmin_managed_policy_attachment": {"type": "iam_attachment"},
	"aws_cloudtrail": {"type": "audit_trail"},
	"aws_eks_cluster": {"type": "cluster"},
	"aws_kms_key": {"type": "key"},
	"google_kms_crypto_key": {"type": "key"},
	"aws_lb_listener": {"type": "load_balancer_listener"},
	"aws_alb_listener": {"type": "load_balancer_listener"},
	"aws_elb": {"type": "load_balancer"},
	"aws_cloudfront_distribution": {"type": "distribution"},
	"aws_lambda_function": {"type": "function"},
	"aws_ecs_task_definition": {"type": "task_definition"},
	"aws_sagemaker_endpoint_configuration": {"type": "model_endpoint"},
	"google_vertex_ai_endpoint": {"type": "model_endpoint"},
}
