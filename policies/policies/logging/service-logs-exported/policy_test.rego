package exhibit.policies.service_logs_exported_test

import data.exhibit.policies.service_logs_exported as policy
import data.lib.testing

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

test_database if {
	messages([["aws_db_instance", "a", {"enabled_cloudwatch_logs_exports": ["postgresql"]}]]) == set()
	every logs in [null, [], [""]] {
		messages([["aws_db_instance", "a", {"enabled_cloudwatch_logs_exports": logs}]]) == {"Database aws_db_instance.a exports no logs."}
	}
}

test_cluster if {
	messages([["aws_eks_cluster", "a", {"enabled_cluster_log_types": ["audit", "authenticator"]}]]) == set()
	messages([["aws_eks_cluster", "a", {"enabled_cluster_log_types": ["api", "audit"]}]]) == {"Cluster aws_eks_cluster.a does not export its log: authenticator."}
	messages([["aws_eks_cluster", "a", {}]]) == {"Cluster aws_eks_cluster.a does not export its log: audit, authenticator."}
}

test_known_after_apply if {
	plan := testing.plan([["aws_eks_cluster", "a", {}, {"enabled_cluster_log_types": true}], ["aws_db_instance", "b", {}, {"enabled_cloudwatch_logs_exports": true}]])
	testing.subjects(policy.unknowns) == {"aws_eks_cluster.a", "aws_db_instance.b"} with input as plan
	policy.violations == set() with input as plan
}

test_databases_without_such_a_setting_are_left_out if {
	policy.population == set() with input as testing.plan([["aws_dynamodb_table", "a", {}]])
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
	of(testing.template("AWS::RDS::DBInstance", {"EnableCloudwatchLogsExports": ["postgresql"]})) == "pass"
	of(testing.template("AWS::RDS::DBInstance", {"EnableCloudwatchLogsExports": [{"Ref": "Log"}, "upgrade"]})) == "pass"
	of(testing.template("AWS::RDS::DBInstance", {"EnableCloudwatchLogsExports": [{"Ref": "AWS::NoValue"}]})) == "unknown"
	of(testing.template("AWS::RDS::DBInstance", {"EnableCloudwatchLogsExports": {"Fn::If": ["A", [], []]}})) == "unknown"
	of(testing.template("AWS::DocDB::DBCluster", {})) == "fail"
}

test_live_instance if {
	of(testing.item("AWS::RDS::DBInstance", {"enabledCloudwatchLogsExports": ["postgresql"]}, {})) == "pass"
	of(testing.item("AWS::RDS::DBInstance", {"enabledCloudwatchLogsExports": null}, {})) == "fail"
	of(testing.item("AWS::RDS::DBInstance", null, {})) == "unknown"
}
