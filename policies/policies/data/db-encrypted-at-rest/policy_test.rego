package exhibit.policies.db_encrypted_at_rest_test

import data.exhibit.policies.db_encrypted_at_rest as policy
import data.lib.testing

# Verdict of one database of a plan: fail, unknown, pass, or nothing where it is not judged.
verdict(resource) := "fail" if {
	count(policy.violations) > 0 with input as testing.plan([resource])
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as testing.plan([resource])
} else := "pass" if {
	count(policy.population) > 0 with input as testing.plan([resource])
}

test_encrypted if verdict(["aws_db_instance", "a", {"storage_encrypted": true}]) == "pass"

test_encrypted_as_text if verdict(["aws_redshift_cluster", "a", {"encrypted": "true"}]) == "pass"

test_not_encrypted if verdict(["aws_db_instance", "a", {"storage_encrypted": false}]) == "fail"

test_null if verdict(["aws_db_instance", "a", {"storage_encrypted": null}]) == "fail"

test_not_written if verdict(["aws_rds_cluster", "a", {}]) == "fail"

test_known_after_apply if verdict(["aws_db_instance", "a", {}, {"storage_encrypted": true}]) == "unknown"

test_block_known_after_apply if verdict(["aws_opensearch_domain", "a", {}, {"encrypt_at_rest": true}]) == "unknown"

test_block if {
	verdict(["aws_opensearch_domain", "a", {"encrypt_at_rest": [{"enabled": true}]}]) == "pass"
	verdict(["aws_opensearch_domain", "a", {"encrypt_at_rest": [{"enabled": false}]}]) == "fail"
	verdict(["aws_opensearch_domain", "a", {"encrypt_at_rest": []}]) == "fail"
}

test_always_encrypted if {
	verdict(["aws_dynamodb_table", "a", {"server_side_encryption": []}]) == "pass"
	verdict(["google_sql_database_instance", "a", {}]) == "pass"
}

test_encrypted_by_default if {
	verdict(["azurerm_mssql_database", "a", {}]) == "pass"
	verdict(["azurerm_mssql_database", "a", {"transparent_data_encryption_enabled": false}]) == "fail"
}

test_aurora_serverless if verdict(["aws_rds_cluster", "a", {"engine_mode": "serverless"}]) == "pass"

test_replica if {
	verdict(["aws_db_instance", "a", {"replicate_source_db": "source", "storage_encrypted": false}]) == "unknown"
	verdict(["aws_db_instance", "a", {"storage_encrypted": false}, {"replicate_source_db": true}]) == "unknown"
	verdict(["aws_db_instance", "a", {"replicate_source_db": "arn:x", "kms_key_id": "arn:aws:kms:x"}]) == "pass"
	verdict(["aws_db_instance", "a", {"replicate_source_db": "source"}, {"kms_key_id": true}]) == "unknown"
	verdict(["aws_elasticache_replication_group", "a", {"at_rest_encryption_enabled": false}, {"global_replication_group_id": true}]) == "fail"
	verdict(["aws_elasticache_replication_group", "a", {"global_replication_group_id": "g"}]) == "unknown"
}

test_primary_of_a_global_cluster_is_no_replica if {
	verdict(["aws_rds_cluster", "a", {"global_cluster_identifier": "g", "storage_encrypted": false}, {"kms_key_id": true}]) == "fail"
}

test_members_and_others_are_not_judged if {
	not verdict(["aws_rds_cluster_instance", "a", {}])
	not verdict(["aws_s3_bucket", "a", {}])
}

test_violation_says_where_and_what_to_write if {
	policy.violations == {{
		"subject": "aws_opensearch_domain.a",
		"message": "The storage of database aws_opensearch_domain.a is not encrypted.",
		"path": ["resource_changes", 0, "change", "after", "encrypt_at_rest", 0, "enabled"],
		"fix": "Set encrypt_at_rest.enabled to true.",
	}} with input as testing.plan([["aws_opensearch_domain", "a", {"encrypt_at_rest": [{"enabled": false}]}]])
}

manifest(spec) := {"apiVersion": "rds.services.k8s.aws/v1alpha1", "kind": "DBInstance", "metadata": {"name": "a"}, "spec": spec}

test_custom_resource if {
	policy.violations == set() with input as manifest({"storageEncrypted": true})
	[v.path | some v in policy.violations] == [["spec"]] with input as manifest({})
	[v.path | some v in policy.violations] == [["spec", "storageEncrypted"]] with input as manifest({"storageEncrypted": false})
}

test_custom_resource_at_admission if {
	[v.path | some v in policy.violations] == [["request", "object", "spec", "storageEncrypted"]] with input as testing.review(manifest({"storageEncrypted": false}))
}

test_instance_of_a_cluster_is_judged_through_its_cluster if {
	policy.population == set() with input as manifest({"dbClusterIdentifier": "ledger"})
}

outcome(type, values) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan([[type, "a", values]])
}

test_more_services if {
	every type in [
		"azurerm_cosmosdb_account", "azurerm_redis_cache", "google_alloydb_cluster", "google_bigtable_instance", "google_spanner_database",
		"google_redis_instance", "aws_memorydb_cluster", "aws_redshiftserverless_namespace",
	] {
		outcome(type, {}) == "pass"
	}
	outcome("aws_dax_cluster", {"server_side_encryption": [{"enabled": true}]}) == "pass"
	outcome("aws_dax_cluster", {}) == "fail"
	outcome("azurerm_synapse_sql_pool", {"data_encrypted": true}) == "pass"
	outcome("azurerm_synapse_sql_pool", {"data_encrypted": false}) == "fail"
}
