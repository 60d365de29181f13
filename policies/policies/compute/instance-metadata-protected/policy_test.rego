package exhibit.policies.instance_metadata_protected_test

import data.exhibit.policies.instance_metadata_protected as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

instance(options) := ["aws_instance", "a", {"metadata_options": [options]}]

test_required if failed([instance({"http_tokens": "required"})]) == set()

test_switched_off if failed([instance({"http_endpoint": "disabled", "http_tokens": "optional"})]) == set()

test_optional if failed([instance({"http_endpoint": "enabled", "http_tokens": "optional"})]) == {"aws_instance.a"}

test_not_written if {
	failed([["aws_launch_template", "a", {"metadata_options": []}]]) == {"aws_launch_template.a"}
	failed([["aws_launch_configuration", "a", {}]]) == {"aws_launch_configuration.a"}
}

test_left_to_the_account if {
	plan := testing.plan([["aws_instance", "a", {}, {"metadata_options": true}]])
	testing.subjects(policy.unknowns) == {"aws_instance.a"} with input as plan
	policy.violations == set() with input as plan
	count(policy.population) == 1 with input as plan
}
