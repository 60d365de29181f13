# METADATA
# title: Workspaces for machine learning are not open to the internet
# description: |
#   SageMaker notebooks and domains have no direct internet access and no root for their users, workbench instances
#   no public address, and workspaces and AI services of Azure no public end.
# custom:
#   exhibit:
#     id: ai-workspace-private
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Workspaces with training data cannot be reached from outside the boundary.
#       - control: soc2/c1.1
#         strength: supporting
#         rationale: Training data and models in workspaces are not exposed.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that workspaces for machine learning are kept off the public network.
#       - control: iso27001/a.8.12
#         strength: supporting
#         rationale: Removes one way in which training data leaks.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that access to workspaces over the network is limited.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Shows one measure against unauthorised access to data and models of a system.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set direct_internet_access and root_access to Disabled, app_network_access_type to VpcOnly,
#       disable_public_ip to true, public_network_access_enabled to false.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.ai_workspace_private

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_sagemaker_notebook_instance": [
		{
			"at": ["direct_internet_access"],
			"wants": {"one_of": ["Disabled"]},
			"absent": "fail",
			"problem": "has direct internet access",
			"fix": `Set direct_internet_access to "Disabled".`,
		},
		{
			"at": ["root_access"],
			"wants": {"one_of": ["Disabled"]},
			"absent": "fail",
			"problem": "gives its users root",
			"fix": `Set root_access to "Disabled".`,
		},
	],
	"aws_sagemaker_domain": [{
		"at": ["app_network_access_type"],
		"wants": {"one_of": ["VpcOnly"]},
		"absent": "fail",
		"problem": "reaches the internet around the VPC",
		"fix": `Set app_network_access_type to "VpcOnly".`,
	}],
	"google_workbench_instance": [{
		"at": ["gce_setup", 0, "disable_public_ip"],
		"wants": "true",
		"absent": "fail",
		"problem": "gets a public address",
		"fix": "Set disable_public_ip to true in gce_setup.",
	}],
	"azurerm_machine_learning_workspace": public_end,
	"azurerm_cognitive_account": public_end,
	"azurerm_search_service": public_end,
	"azurerm_synapse_workspace": public_end,
	"Microsoft.MachineLearningServices/workspaces": arm_workspaces,
	"Microsoft.CognitiveServices/accounts": arm_workspaces,
	"Microsoft.Search/searchServices": arm_workspaces,
}

public_end := [{
	"at": ["public_network_access_enabled"],
	"wants": "false",
	"absent": "fail",
	"problem": "has a public end",
	"fix": "Set public_network_access_enabled to false.",
}]

arm_workspaces := [{
	"at": ["properties", "publicNetworkAccess"],
	"wants": {"one_of": ["Disabled"]},
	"absent": "fail",
	"problem": "has a public end",
	"fix": `Set publicNetworkAccess to "Disabled".`,
}]
