# METADATA
# title: Changes of the configuration of the account are recorded
# description: |
#   The recorder of AWS Config records every type of resource, global ones too, and is switched on. Asset
#   inventories of Google Cloud and Azure record without being told to.
# custom:
#   exhibit:
#     id: configuration-recorded
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.1
#         strength: partial
#         rationale: Changes of configuration are recorded and can be compared with what was planned.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: A change that went around the pipeline shows in the record.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that configurations are recorded and can be monitored.
#       - control: iso27001/a.5.9
#         strength: supporting
#         rationale: What there is in an account is inventoried all the time.
#       - control: nis2/2690.6.3
#         strength: partial
#         rationale: Configurations are recorded, so that drift is seen.
#       - control: nis2/2690.12.4
#         strength: supporting
#         rationale: Resources of the account are inventoried with their history.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set all_supported and include_global_resource_types in recording_group, and is_enabled of the recorder
#       status, to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.configuration_recorded

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_config_configuration_recorder": [
		{
			"at": ["recording_group", 0, "all_supported"],
			"wants": "true",
			"absent": "pass",
			"unless": [{"at": ["recording_group", 0, "recording_strategy", 0, "use_only"], "wants": {"one_of": ["EXCLUSION_BY_RESOURCE_TYPES"]}, "absent": "fail"}],
			"problem": "does not record every type of resource",
			"fix": "Set all_supported to true.",
		},
		{
			"at": ["recording_group", 0, "include_global_resource_types"],
			"wants": "true",
			"absent": "fail",
			"unless": [{"at": ["recording_group", 0, "recording_strategy", 0, "use_only"], "wants": {"one_of": ["EXCLUSION_BY_RESOURCE_TYPES"]}, "absent": "fail"}],
			"problem": "does not record global resources such as IAM",
			"fix": "Set include_global_resource_types to true.",
		},
	],
	"aws_config_configuration_recorder_status": [{
		"at": ["is_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "leaves the recorder switched off",
		"fix": "Set is_enabled to true.",
	}],
}
