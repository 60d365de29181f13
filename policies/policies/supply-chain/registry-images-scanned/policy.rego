# METADATA
# title: Images are scanned for vulnerabilities when they are pushed
# description: |
#   ECR repositories scan on push, or the registry scans continuously; Docker repositories of Artifact Registry do
#   not switch scanning off.
# custom:
#   exhibit:
#     id: registry-images-scanned
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.1
#         strength: partial
#         rationale: Newly known vulnerabilities in images are looked for where the images are kept.
#       - control: iso27001/a.8.8
#         strength: partial
#         rationale: Shows that images are examined for technical vulnerabilities.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows one means by which vulnerabilities are found.
#       - control: nis2/2690.6.10
#         strength: partial
#         rationale: Images are scanned for vulnerabilities as the handling of vulnerabilities asks.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set scan_on_push to true, scan_type to ENHANCED for the registry, or enablement_config to INHERITED.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.registry_images_scanned

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_ecr_repository": [{
		"at": ["image_scanning_configuration", 0, "scan_on_push"],
		"wants": "true",
		"absent": "fail",
		"problem": "does not scan images when they are pushed",
		"fix": "Set scan_on_push to true in image_scanning_configuration.",
	}],
	"aws_ecr_registry_scanning_configuration": [
		{
			"at": ["rule"],
			"wants": "something",
			"absent": "fail",
			"problem": "has no rule that says what is scanned",
			"fix": "Write a rule with scan_frequency SCAN_ON_PUSH or CONTINUOUS_SCAN.",
		},
		{
			"each": ["rule"],
			"at": ["scan_frequency"],
			"wants": {"none_of": ["MANUAL"]},
			"absent": "pass",
			"problem": "scans only when somebody asks for it",
			"fix": `Set scan_frequency to "CONTINUOUS_SCAN" or "SCAN_ON_PUSH".`,
		},
	],
	"google_artifact_registry_repository": [{
		"at": ["vulnerability_scanning_config", 0, "enablement_config"],
		"wants": {"none_of": ["DISABLED"]},
		"absent": "pass",
		"when": [{"at": ["format"], "wants": {"one_of": ["DOCKER"]}, "absent": "fail"}],
		"problem": "has scanning of images switched off",
		"fix": `Set enablement_config to "INHERITED".`,
	}],
}
