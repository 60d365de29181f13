package exhibit.policies.db_deletion_protected_test

import data.exhibit.policies.db_deletion_protected as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

test_protected if failed([["aws_db_instance", "a", {"deletion_protection": true}], ["aws_dynamodb_table", "b", {"deletion_protection_enabled": true}]]) == set()

test_not_protected if {
	failed([["aws_db_instance", "a", {"deletion_protection": false}], ["aws_rds_cluster", "b", {"deletion_protection": null}], ["aws_docdb_cluster", "c", {}]]) == {"aws_db_instance.a", "aws_rds_cluster.b", "aws_docdb_cluster.c"}
}

test_known_after_apply if {
	plan := testing.plan([["aws_db_instance", "a", {}, {"deletion_protection": true}]])
	testing.subjects(policy.unknowns) == {"aws_db_instance.a"} with input as plan
	policy.violations == set() with input as plan
}

test_databases_without_such_a_setting_are_left_out if {
	policy.population == set() with input as testing.plan([["aws_redshift_cluster", "a", {}]])
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
	of(testing.template("AWS::RDS::DBCluster", {"DeletionProtection": true})) == "pass"
	of(testing.template("AWS::RDS::DBCluster", {"DeletionProtection": {"Fn::Equals": ["a", "b"]}})) == "unknown"
	of(testing.template("AWS::DynamoDB::Table", {})) == "fail"
}

test_live_cluster if {
	of(testing.item("AWS::RDS::DBCluster", {"deletionProtection": true}, {})) == "pass"
	of(testing.item("AWS::RDS::DBCluster", {"deletionProtection": false}, {})) == "fail"
	of(testing.item("AWS::RDS::DBCluster", "", {})) == "unknown"
}

test_more_services if {
	every type in ["google_alloydb_cluster", "google_bigtable_instance", "google_spanner_database"] {
		testing.subjects(policy.violations) == {concat(".", [type, "a"])} with input as testing.plan([[type, "a", {"deletion_protection": false}]])
		policy.violations == set() with input as testing.plan([[type, "a", {"deletion_protection": true}]])
	}
}
