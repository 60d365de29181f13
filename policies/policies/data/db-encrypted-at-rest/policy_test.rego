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

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_template if {
	every type in ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"] {
		of(testing.template(type, {"StorageEncrypted": true})) == "pass"
		of(testing.template(type, {"StorageEncrypted": "true"})) == "pass"
		of(testing.template(type, {"StorageEncrypted": false})) == "fail"
		of(testing.template(type, {})) == "fail"
		of(testing.template(type, {"StorageEncrypted": {"Ref": "Encrypt"}})) == "unknown"
		of(testing.template(type, {"StorageEncrypted": {"Fn::If": ["Prod", true, false]}})) == "unknown"
		of(testing.template(type, {"Fn::Transform": {"Name": "AWS::Include"}})) == "unknown"
	}
	of(testing.template("AWS::OpenSearchService::Domain", {"EncryptionAtRestOptions": {"Enabled": true}})) == "pass"
	of(testing.template("AWS::OpenSearchService::Domain", {"EncryptionAtRestOptions": {"Fn::FindInMap": ["a", "b", "c"]}})) == "unknown"
	of(testing.template("AWS::OpenSearchService::Domain", {})) == "fail"
	of(testing.template("AWS::DynamoDB::Table", {})) == "pass"
	of(testing.template("AWS::RDS::DBCluster", {"EngineMode": "serverless"})) == "pass"
	not of(testing.template("AWS::RDS::DBInstance", {"DBClusterIdentifier": {"Ref": "Cluster"}}))
}

# A value of a name that looks like true is no true.
test_template_text_of_a_short_tag if {
	of(testing.template("AWS::RDS::DBInstance", {"StorageEncrypted": "Encrypt"})) == "fail"
}

test_template_from_a_source if {
	of(testing.template("AWS::RDS::DBInstance", {"SourceDBInstanceIdentifier": {"Ref": "Orders"}})) == "unknown"
	of(testing.template("AWS::RDS::DBInstance", {"SourceDBInstanceIdentifier": "arn:x", "KmsKeyId": "alias/x"})) == "pass"
	of(testing.template("AWS::RDS::DBInstance", {"DBSnapshotIdentifier": "s"})) == "unknown"
	of(testing.template("AWS::RDS::DBCluster", {"SnapshotIdentifier": "s", "StorageEncrypted": true})) == "pass"
}

test_live_instance if {
	of(testing.item("AWS::RDS::DBInstance", {"storageEncrypted": true}, {})) == "pass"
	of(testing.item("AWS::RDS::DBInstance", {"storageEncrypted": false}, {})) == "fail"
	of(testing.item("AWS::RDS::DBInstance", {"engine": "postgres"}, {})) == "fail"
	of(testing.item("AWS::RDS::DBInstance", null, {})) == "unknown"
	of(testing.item("AWS::RDS::DBInstance", {"storageEncrypted": false, "readReplicaSourceDBInstanceIdentifier": "orders"}, {})) == "fail"
	of(testing.item("AWS::RDS::DBCluster", {"engineMode": "serverless"}, {})) == "pass"
	of(testing.item("AWS::OpenSearch::Domain", {"EncryptionAtRestOptions": {"Enabled": false}}, {})) == "fail"
	of(testing.item("AWS::Elasticsearch::Domain", {"encryptionAtRestOptions": {"enabled": true}}, {})) == "pass"
	not of(testing.item("AWS::RDS::DBInstance", {"dBClusterIdentifier": "ledger"}, {}))
}

test_reference_beside_a_value_changes_nothing if {
	of(testing.object_("rds.aws.upbound.io/v1beta3", "Instance", {"forProvider": {"storageEncrypted": false, "storageEncryptedRef": {"name": "x"}}})) == "fail"
}

test_custom_resource_of_a_replica if {
	of(testing.object_("rds.aws.upbound.io/v1beta3", "Instance", {"forProvider": {"replicateSourceDbRef": {"name": "orders"}}})) == "unknown"
	of(testing.object_("rds.services.k8s.aws/v1alpha1", "DBInstance", {"sourceDBInstanceIdentifier": "orders"})) == "unknown"
	of(testing.object_("rds.aws.upbound.io/v1beta3", "Instance", {"forProvider": {"storageEncrypted": true, "replicateSourceDb": "o"}})) == "pass"
}

test_source if {
	of(testing.source("aws_db_instance", {"storage_encrypted": true})) == "pass"
	of(testing.source("aws_db_instance", {})) == "fail"
	of(testing.source("aws_db_instance", {"storage_encrypted": "${var.encrypted}"})) == "unknown"
	of(testing.source("aws_db_instance", {"replicate_source_db": "${aws_db_instance.b.arn}"})) == "unknown"
	of(testing.source("aws_rds_cluster", {})) == "unknown"
	of(testing.source("aws_rds_cluster", {"storage_encrypted": false})) == "fail"
	of(testing.source("aws_rds_cluster", {"engine_mode": "${var.mode}", "storage_encrypted": false})) == "fail"
	of(testing.source("aws_opensearch_domain", {"dynamic": {"encrypt_at_rest": [{}]}})) == "unknown"
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

judged(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
} else := "not judged"

instance(properties) := {"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}}

# AWS::NoValue takes a property away, so that such an instance is of no cluster and made from no other.
test_member_of_nothing if {
	nothing := {"Ref": "AWS::NoValue"}
	judged(instance({"DBClusterIdentifier": nothing, "StorageEncrypted": false})) == "fail"
	judged(instance({"DBClusterIdentifier": {"Fn::If": ["A", {"Ref": "C"}, nothing]}, "StorageEncrypted": false})) == "fail"
	judged(instance({"SourceDBInstanceIdentifier": nothing, "KmsKeyId": "k", "StorageEncrypted": false})) == "fail"
	judged(instance({"StorageEncrypted": nothing})) == "fail"
	judged(instance({"DBClusterIdentifier": {"Ref": "C"}, "StorageEncrypted": false})) == "not judged"
}

object_of(kind, spec) := {"apiVersion": "rds.services.k8s.aws/v1alpha1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}

# A field that the kind does not have is pruned, and an empty name is none.
test_fields_that_say_nothing if {
	judged(object_of("DBInstance", {"engineMode": "serverless", "storageEncrypted": false})) == "fail"
	judged(object_of("DBInstance", {"dbClusterIdentifier": "", "storageEncrypted": false})) == "fail"
	judged(object_of("DBInstance", {"dbClusterIdentifierRef": {}, "storageEncrypted": false})) == "fail"
	judged(object_of("DBCluster", {"engineMode": "serverless", "storageEncrypted": false})) == "pass"
	judged(object_of("DBInstance", {"dbClusterIdentifier": "c", "storageEncrypted": false})) == "not judged"
}

test_arm_database_and_its_switch if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}, {"type": "Microsoft.Sql/servers/databases/transparentDataEncryption", "apiVersion": "2023-01-01", "name": "a/b/current", "properties": {"state": "Enabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}, {"type": "Microsoft.Sql/servers/databases/transparentDataEncryption", "apiVersion": "2023-01-01", "name": "a/b/current", "properties": {"state": "Disabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}, {"type": "Microsoft.Sql/servers/databases/transparentDataEncryption", "apiVersion": "2023-01-01", "name": "a/c/current", "properties": {"state": "Disabled"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}, {"type": "Microsoft.Sql/servers/databases/transparentDataEncryption", "apiVersion": "2023-01-01", "name": "a/b/current", "properties": {"state": "[parameters('x')]"}}])
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as testing.arm_template([{"type": "Microsoft.Sql/servers/databases", "apiVersion": "2023-01-01", "name": "a/b", "properties": {}}, {"type": "Microsoft.Sql/servers/databases/transparentDataEncryption", "apiVersion": "2023-01-01", "name": "[parameters('x')]", "properties": {"state": "Enabled"}}])
}

listed_database := ["Microsoft.Sql/servers/databases", "orders", {"status": "Online"}]

listed_switch(of, properties) := [
	"Microsoft.Sql/servers/databases/transparentDataEncryption", "current", properties,
	concat("/", [testing.azure_id(of), "transparentDataEncryption"]),
]

# A listing has no switch of most databases. That says neither that it is on nor that it is off.
test_switch_in_a_listing if {
	of(testing.azure([listed_database])) == "unknown"
	of(testing.azure([listed_database, listed_switch(listed_database, {"state": "Enabled"})])) == "pass"
	of(testing.azure([listed_database, listed_switch(listed_database, {"status": "Disabled"})])) == "fail"
	of(testing.azure([listed_database, listed_switch(listed_database, {})])) == "unknown"
	other := ["Microsoft.Sql/servers/databases", "orders2", {}]
	of(testing.azure([listed_database, listed_switch(other, {"state": "Enabled"})])) == "unknown"
	of(testing.azure([["Microsoft.DocumentDB/databaseAccounts", "a", {}]])) == "pass"
	of(testing.assets([["sqladmin.googleapis.com/Instance", "//cloudsql.googleapis.com/projects/shop/instances/a", {}]])) == "pass"
}
