package exhibit.policies.workload_account_own_test

import data.exhibit.policies.workload_account_own as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_compute_instance if {
	cases := [
		[{"service_account": [{"email": "shop-web@shop-prod.iam.gserviceaccount.com"}]}, {}, "pass"],
		[{"service_account": [{"email": "123456789012-compute@developer.gserviceaccount.com"}]}, {}, "fail"],
		[{"service_account": [{"email": "default"}]}, {}, "fail"],
		[{"service_account": [{}]}, {}, "unknown"],
		[{"service_account": [{}]}, {"service_account": [{"email": true}]}, "unknown"],
	]
	testing.verdicts("google_compute_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance", cases)
}

test_google_compute_instance_template if {
	cases := [
		[{"service_account": [{"email": "shop-web@shop-prod.iam.gserviceaccount.com"}]}, {}, "pass"],
		[{"service_account": [{"email": "123456789012-compute@developer.gserviceaccount.com"}]}, {}, "fail"],
	]
	testing.verdicts("google_compute_instance_template", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance_template", cases)
}

test_google_container_node_pool if {
	cases := [
		[{"node_config": [{"service_account": "shop-nodes@shop-prod.iam.gserviceaccount.com"}]}, {}, "pass"],
		[{"node_config": [{"service_account": "default"}]}, {}, "fail"],
		[{"node_config": [{}]}, {}, "fail"],
		[{"node_config": [{}]}, {"node_config": [{"service_account": true}]}, "unknown"],
	]
	testing.verdicts("google_container_node_pool", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_node_pool", cases)
}

test_google_cloud_run_v2_service if {
	cases := [
		[{"template": [{"service_account": "shop-web@shop-prod.iam.gserviceaccount.com"}]}, {}, "pass"],
		[{"template": [{"service_account": "123456789012-compute@developer.gserviceaccount.com"}]}, {}, "fail"],
		[{"template": [{}]}, {}, "fail"],
		[{"template": [{}]}, {"template": [{"service_account": true}]}, "unknown"],
	]
	testing.verdicts("google_cloud_run_v2_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloud_run_v2_service", cases)
}

test_google_cloudfunctions2_function if {
	cases := [
		[{"service_config": [{"service_account_email": "shop-fn@shop-prod.iam.gserviceaccount.com"}]}, {}, "pass"],
		[{"service_config": [{"service_account_email": "123456789012-compute@developer.gserviceaccount.com"}]}, {}, "fail"],
		[{"service_config": [{}]}, {}, "fail"],
		[{"service_config": [{}]}, {"service_config": [{"service_account_email": true}]}, "unknown"],
	]
	testing.verdicts("google_cloudfunctions2_function", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloudfunctions2_function", cases)
}

test_aws_ecs_task_definition if {
	cases := [
		[{"task_role_arn": "arn:aws:iam::111122223333:role/orders"}, {}, "pass"],
		[{"task_role_arn": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"task_role_arn": true}, "pass"],
	]
	testing.verdicts("aws_ecs_task_definition", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_ecs_task_definition", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_compute_instance.a runs under the default account of the project."} with input as testing.plan([["google_compute_instance", "a", {"service_account": [{"email": "123456789012-compute@developer.gserviceaccount.com"}]}]])
}
