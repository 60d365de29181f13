package exhibit.policies.db_kept_current_test

import data.exhibit.policies.db_kept_current as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_db_instance if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"auto_minor_version_upgrade": true}, "unknown"],
	]
	testing.verdicts("aws_db_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_db_instance", cases)
}

test_aws_rds_cluster_instance if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
	]
	testing.verdicts("aws_rds_cluster_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_rds_cluster_instance", cases)
}

test_aws_elasticache_replication_group if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
	]
	testing.verdicts("aws_elasticache_replication_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elasticache_replication_group", cases)
}

test_aws_neptune_cluster_instance if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
	]
	testing.verdicts("aws_neptune_cluster_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_neptune_cluster_instance", cases)
}

test_aws_docdb_cluster_instance if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
	]
	testing.verdicts("aws_docdb_cluster_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_docdb_cluster_instance", cases)
}

test_aws_memorydb_cluster if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
	]
	testing.verdicts("aws_memorydb_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_memorydb_cluster", cases)
}

test_aws_mq_broker if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auto_minor_version_upgrade": true}, "unknown"],
	]
	testing.verdicts("aws_mq_broker", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_mq_broker", cases)
}

test_aws_redshift_cluster if {
	cases := [
		[{"allow_version_upgrade": true}, {}, "pass"],
		[{"allow_version_upgrade": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"allow_version_upgrade": true}, "unknown"],
	]
	testing.verdicts("aws_redshift_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_redshift_cluster", cases)
}

test_aws_dms_replication_instance if {
	cases := [
		[{"auto_minor_version_upgrade": true}, {}, "pass"],
		[{"auto_minor_version_upgrade": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auto_minor_version_upgrade": true}, "unknown"],
	]
	testing.verdicts("aws_dms_replication_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_dms_replication_instance", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_db_instance.a does not take minor updates."} with input as testing.plan([["aws_db_instance", "a", {"auto_minor_version_upgrade": false}]])
}
