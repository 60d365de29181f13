package exhibit.policies.network_flow_logged_test

import data.exhibit.policies.network_flow_logged as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_compute_subnetwork if {
	cases := [
		[{"purpose": "PRIVATE", "log_config": [{"aggregation_interval": "INTERVAL_5_SEC", "flow_sampling": 0.5, "metadata": "INCLUDE_ALL_METADATA"}]}, {}, "pass"],
		[{"purpose": "PRIVATE", "log_config": []}, {}, "fail"],
		[{"purpose": "PRIVATE"}, {}, "fail"],
		[{"purpose": "PRIVATE"}, {"log_config": true}, "unknown"],
		[{"purpose": "REGIONAL_MANAGED_PROXY"}, {}, "none"],
		[{"purpose": "PRIVATE", "log_config": []}, {}, "fail"],
	]
	testing.verdicts("google_compute_subnetwork", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_subnetwork", cases)
}

test_azurerm_network_watcher_flow_log if {
	cases := [
		[{"enabled": true, "retention_policy": [{"enabled": true}]}, {}, "pass"],
		[{"enabled": false, "retention_policy": [{"enabled": true}]}, {}, "fail"],
		[{"retention_policy": [{"enabled": true}]}, {}, "fail"],
		[{"retention_policy": [{"enabled": true}]}, {"enabled": true}, "unknown"],
		[{"enabled": true, "retention_policy": [{"enabled": false}]}, {}, "fail"],
		[{"enabled": true, "retention_policy": [{}]}, {}, "fail"],
		[{"enabled": true, "retention_policy": [{}]}, {"retention_policy": [{"enabled": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_network_watcher_flow_log", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_network_watcher_flow_log", cases)
}

verdict_of(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

# Plans with resources that speak of each other, and their verdict.
plans := [
	[[["aws_vpc", "a", {"id": "vpc-1"}], ["aws_flow_log", "f", {"vpc_id": "vpc-1", "traffic_type": "ALL"}]], "pass"],
	[[["aws_vpc", "a", {"id": "vpc-1"}]], "fail"],
	[[["aws_vpc", "a", {"id": "vpc-1"}], ["aws_flow_log", "f", {"vpc_id": "vpc-1", "traffic_type": "ACCEPT"}]], "fail"],
	[[["aws_vpc", "a", {}, {"id": true}], ["aws_flow_log", "f", {"traffic_type": "ALL"}, {"vpc_id": true}]], "unknown"],
]

test_each_plan if {
	every plan in plans { verdict_of(plan[0]) == plan[1] }
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_compute_subnetwork.a does not record its traffic."} with input as testing.plan([["google_compute_subnetwork", "a", {"purpose": "PRIVATE", "log_config": []}]])
}
