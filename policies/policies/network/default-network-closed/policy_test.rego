package exhibit.policies.default_network_closed_test

import data.exhibit.policies.default_network_closed as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_project if {
	cases := [
		[{"auto_create_network": false}, {}, "pass"],
		[{"auto_create_network": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auto_create_network": true}, "unknown"],
	]
	testing.verdicts("google_project", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project", cases)
}

test_google_compute_network if {
	cases := [
		[{"auto_create_subnetworks": false}, {}, "pass"],
		[{"auto_create_subnetworks": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"auto_create_subnetworks": true}, "unknown"],
	]
	testing.verdicts("google_compute_network", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_network", cases)
}

test_aws_default_security_group if {
	cases := [
		[{"ingress": [], "egress": []}, {}, "pass"],
		[{"ingress": [{"from_port": 0, "to_port": 0, "protocol": "-1", "self": true}], "egress": []}, {}, "fail"],
		[{"egress": []}, {}, "pass"],
		[{"egress": []}, {"ingress": true}, "unknown"],
		[{"ingress": [], "egress": [{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}]}, {}, "fail"],
		[{"ingress": []}, {}, "pass"],
		[{"ingress": []}, {"egress": true}, "unknown"],
	]
	testing.verdicts("aws_default_security_group", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_default_security_group", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_project.a comes with the default network."} with input as testing.plan([["google_project", "a", {"auto_create_network": true}]])
}
