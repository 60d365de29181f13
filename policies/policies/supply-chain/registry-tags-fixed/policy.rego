# METADATA
# title: Tags of image registries cannot be moved
# description: |
#   A tag that was pushed once names that image for good, in ECR and in Docker repositories of Artifact Registry.
#   What was tested and approved under a tag is then what runs under it.
# custom:
#   exhibit:
#     id: registry-tags-fixed
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Nobody can put other software under the name of an approved image.
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: What was reviewed and tested under a tag is what gets deployed under it.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that installed software is the one that was released.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: A change of an image needs a new tag, so it is seen.
#       - control: nis2/2690.6.4
#         strength: supporting
#         rationale: Images change through a release only, not under a name in use.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set image_tag_mutability to IMMUTABLE, or immutable_tags to true in docker_config.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.registry_tags_fixed

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_ecr_repository": [{
		"at": ["image_tag_mutability"],
		"wants": {"one_of": ["IMMUTABLE"]},
		"absent": "fail",
		"problem": "lets tags be moved to other images",
		"fix": `Set image_tag_mutability to "IMMUTABLE".`,
	}],
	"google_artifact_registry_repository": [{
		"at": ["docker_config", 0, "immutable_tags"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["format"], "wants": {"one_of": ["DOCKER"]}, "absent": "fail"}],
		"problem": "lets tags be moved to other images",
		"fix": "Set immutable_tags to true in docker_config.",
	}],
}
