package exhibit.policies.registry_tags_fixed_test

import data.exhibit.policies.registry_tags_fixed as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_ecr_repository if {
	cases := [
		[{"image_tag_mutability": "IMMUTABLE"}, {}, "pass"],
		[{"image_tag_mutability": "MUTABLE"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"image_tag_mutability": true}, "unknown"],
	]
	testing.verdicts("aws_ecr_repository", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_ecr_repository", cases)
}

test_google_artifact_registry_repository if {
	cases := [
		[{"format": "DOCKER", "docker_config": [{"immutable_tags": true}]}, {}, "pass"],
		[{"format": "DOCKER", "docker_config": [{"immutable_tags": false}]}, {}, "fail"],
		[{"format": "DOCKER", "docker_config": [{}]}, {}, "fail"],
		[{"format": "DOCKER", "docker_config": [{}]}, {"docker_config": [{"immutable_tags": true}]}, "unknown"],
		[{"format": "NPM"}, {}, "none"],
	]
	testing.verdicts("google_artifact_registry_repository", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_artifact_registry_repository", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_ecr_repository.a lets tags be moved to other images."} with input as testing.plan([["aws_ecr_repository", "a", {"image_tag_mutability": "MUTABLE"}]])
}
