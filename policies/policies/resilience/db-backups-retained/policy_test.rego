package exhibit.policies.db_backups_retained_test

import data.exhibit.policies.db_backups_retained as policy
import data.lib.testing

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

test_long_enough if messages([["aws_db_instance", "a", {"backup_retention_period": 7}], ["aws_rds_cluster", "b", {"backup_retention_period": "35"}]]) == set()

test_too_short if {
	messages([["aws_db_instance", "a", {"backup_retention_period": 6}]]) == {"Backups of database aws_db_instance.a are kept for 6 days, less than 7 days."}
	count(messages([["aws_db_instance", "a", {"backup_retention_period": 0}]])) == 1
}

test_not_written if {
	messages([["aws_rds_cluster", "a", {}]]) == {"Backups of database aws_rds_cluster.a are kept for the service's default time, less than 7 days."}
}

test_known_after_apply if {
	undecided([["aws_db_instance", "a", {}, {"backup_retention_period": true}]]) == {"aws_db_instance.a"}
	messages([["aws_db_instance", "a", {}, {"backup_retention_period": true}]]) == set()
}

test_replicas_are_left_out if {
	policy.population == set() with input as testing.plan([["aws_db_instance", "a", {"replicate_source_db": "x", "backup_retention_period": 0}]])
	policy.population == set() with input as testing.plan([["aws_db_instance", "a", {}, {"replicate_source_db": true}]])
}

test_point_in_time_recovery if {
	messages([["aws_dynamodb_table", "a", {"point_in_time_recovery": [{"enabled": true}]}]]) == set()
	messages([["aws_dynamodb_table", "a", {"point_in_time_recovery": []}]]) == {"Backups of database aws_dynamodb_table.a are not switched on."}
}

test_google if {
	messages([["google_sql_database_instance", "a", {"settings": [{"backup_configuration": [{"enabled": true}]}]}]]) == set()
	[v.fix | some v in policy.violations] == ["Set settings.backup_configuration.enabled to true."] with input as testing.plan([["google_sql_database_instance", "a", {"settings": [{}]}]])
}

test_custom_resource if {
	manifest := {"apiVersion": "rds.aws.upbound.io/v1beta3", "kind": "Instance", "metadata": {"name": "a"}, "spec": {"forProvider": {"backupRetentionPeriod": 3}}}
	[v.fix | some v in policy.violations] == ["Set spec.forProvider.backupRetentionPeriod to 7 or more."] with input as manifest
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
	of(testing.template("AWS::RDS::DBInstance", {"BackupRetentionPeriod": 7})) == "pass"
	of(testing.template("AWS::RDS::DBInstance", {"BackupRetentionPeriod": "6"})) == "fail"
	of(testing.template("AWS::RDS::DBCluster", {})) == "fail"
	of(testing.template("AWS::RDS::DBCluster", {"BackupRetentionPeriod": {"Ref": "Days"}})) == "unknown"
	of(testing.template("AWS::DynamoDB::Table", {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false}})) == "fail"
	of(testing.template("AWS::RDS::DBInstance", {"Fn::Transform": {"Name": "AWS::Include"}})) == "unknown"
	not of(testing.template("AWS::RDS::DBInstance", {"SourceDBInstanceIdentifier": {"Ref": "Orders"}}))
}

test_live_instance if {
	of(testing.item("AWS::RDS::DBInstance", {"backupRetentionPeriod": 0}, {})) == "fail"
	of(testing.item("AWS::RDS::DBCluster", {"backupRetentionPeriod": 35}, {})) == "pass"
	of(testing.item("AWS::RDS::DBCluster", null, {})) == "unknown"
	not of(testing.item("AWS::RDS::DBInstance", {"backupRetentionPeriod": 0, "readReplicaSourceDBInstanceIdentifier": "orders"}, {}))
}

test_more_services if {
	count(messages([["aws_elasticache_replication_group", "a", {"snapshot_retention_limit": 0}], ["aws_memorydb_cluster", "b", {"snapshot_retention_limit": 6}]])) == 2
	messages([["aws_elasticache_replication_group", "a", {"snapshot_retention_limit": 7}], ["azurerm_mysql_server", "b", {"backup_retention_days": 35}]]) == set()
	messages([["google_alloydb_cluster", "a", {"automated_backup_policy": [{"enabled": true}]}]]) == set()
	messages([["google_alloydb_cluster", "a", {"automated_backup_policy": [{"enabled": false}]}]]) == {"Backups of database google_alloydb_cluster.a are not switched on."}
	undecided([["google_alloydb_cluster", "a", {}, {"automated_backup_policy": true}]]) == {"google_alloydb_cluster.a"}
}

test_arm_dbfor_postgre_sql_flexible_servers if {
	cases := [
		[{"properties": {"backup": {"backupRetentionDays": 14}}}, "pass"],
		[{"properties": {"backup": {"backupRetentionDays": 6}}}, "fail"],
		[{"properties": {}}, "pass"],
		[{"properties": {"backup": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.DBforPostgreSQL/flexibleServers", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.DBforPostgreSQL/flexibleServers", cases)
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_listing if {
	sql := ["sqladmin.googleapis.com/Instance", "//cloudsql.googleapis.com/projects/shop/instances/orders"]
	listed(testing.assets([array.concat(sql, [{"settings": {"backupConfiguration": {"enabled": true}}}])])) == "pass"
	listed(testing.assets([array.concat(sql, [{"settings": {"backupConfiguration": {"enabled": false}}}])])) == "fail"
	listed(testing.assets([array.concat(sql, [{"settings": {}}])])) == "unknown"
	not listed(testing.assets([array.concat(sql, [{"masterInstanceName": "shop:orders"}])]))
	flexible := "Microsoft.DBforPostgreSQL/flexibleServers"
	listed(testing.azure([[flexible, "pg", {"backup": {"backupRetentionDays": 30}}]])) == "pass"
	listed(testing.azure([[flexible, "pg", {"backup": {"backupRetentionDays": 6}}]])) == "fail"
	listed(testing.azure([[flexible, "pg", {}]])) == "unknown"
}
