package exhibit.policies.registry_images_scanned_test

import data.exhibit.policies.registry_images_scanned as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_ecr_repository if {
	cases := [
		[{"image_scanning_configuration": [{"scan_on_push": true}]}, {}, "pass"],
		[{"image_scanning_configuration": [{"scan_on_push": false}]}, {}, "fail"],
		[{"image_scanning_configuration": [{}]}, {}, "fail"],
		[{"image_scanning_configuration": [{}]}, {"image_scanning_configuration": [{"scan_on_push": true}]}, "unknown"],
	]
	testing.verdicts("aws_ecr_repository", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_ecr_repository", cases)
}

test_aws_ecr_registry_scanning_configuration if {
	cases := [
		[{"rule": [{"scan_frequency": "CONTINUOUS_SCAN", "repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}]}]}, {}, "pass"],
		[{"rule": []}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"rule": true}, "unknown"],
		[{"rule": [{"scan_frequency": "MANUAL", "repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}]}]}, {}, "fail"],
		[{"rule": [{"repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}]}]}, {}, "pass"],
		[{"rule": [{"repository_filter": [{"filter": "*", "filter_type": "WILDCARD"}]}]}, {"rule": [{"scan_frequency": true}]}, "unknown"],
	]
	testing.verdicts("aws_ecr_registry_scanning_configuration", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_ecr_registry_scanning_configuration", cases)
}

test_google_artifact_registry_repository if {
	cases := [
		[{"format": "DOCKER", "vulnerability_scanning_config": [{"enablement_config": "INHERITED"}]}, {}, "pass"],
		[{"format": "DOCKER", "vulnerability_scanning_config": [{"enablement_config": "DISABLED"}]}, {}, "fail"],
		[{"format": "DOCKER", "vulnerability_scanning_config": [{}]}, {}, "pass"],
		[{"format": "DOCKER", "vulnerability_scanning_config": [{}]}, {"vulnerability_scanning_config": [{"enablement_config": true}]}, "unknown"],
		[{"format": "NPM"}, {}, "none"],
	]
	testing.verdicts("google_artifact_registry_repository", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_artifact_registry_repository", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_ecr_repository.a does not scan images when they are pushed."} with input as testing.plan([["aws_ecr_repository", "a", {"image_scanning_configuration": [{"scan_on_push": false}]}]])
}
