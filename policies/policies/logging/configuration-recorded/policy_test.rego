package exhibit.policies.configuration_recorded_test

import data.exhibit.policies.configuration_recorded as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_config_configuration_recorder if {
	cases := [
		[{"recording_group": [{"all_supported": true, "include_global_resource_types": true}]}, {}, "pass"],
		[{"recording_group": [{"all_supported": false, "include_global_resource_types": true}]}, {}, "fail"],
		[{"recording_group": [{"include_global_resource_types": true}]}, {}, "pass"],
		[{"recording_group": [{"include_global_resource_types": true}]}, {"recording_group": [{"all_supported": true}]}, "unknown"],
		[{"recording_group": [{"all_supported": true, "include_global_resource_types": false}]}, {}, "fail"],
		[{"recording_group": [{"all_supported": true}]}, {}, "fail"],
		[{"recording_group": [{"all_supported": true}]}, {"recording_group": [{"include_global_resource_types": true}]}, "unknown"],
		[{"recording_group": [{"all_supported": false, "include_global_resource_types": false, "recording_strategy": [{"use_only": "EXCLUSION_BY_RESOURCE_TYPES"}]}]}, {}, "pass"],
	]
	testing.verdicts("aws_config_configuration_recorder", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_config_configuration_recorder", cases)
}

test_aws_config_configuration_recorder_status if {
	cases := [
		[{"is_enabled": true}, {}, "pass"],
		[{"is_enabled": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"is_enabled": true}, "unknown"],
	]
	testing.verdicts("aws_config_configuration_recorder_status", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_config_configuration_recorder_status", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_config_configuration_recorder.a does not record every type of resource."} with input as testing.plan([["aws_config_configuration_recorder", "a", {"recording_group": [{"all_supported": false, "include_global_resource_types": true}]}]])
}
