# METADATA
# title: Traffic of networks is recorded
# description: |
#   Each VPC has a flow log, each subnet of Google Cloud that carries machines has one, and flow logs of Azure are
#   switched on and keep what they record.
# custom:
#   exhibit:
#     id: network-flow-logged
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Network traffic leaves a trace that can be searched for anomalies.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that network traffic is logged.
#       - control: iso27001/a.8.16
#         strength: supporting
#         rationale: What is watched for anomalies includes network traffic.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: An intrusion can be followed through the network.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Monitoring and logging cover network traffic.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add aws_flow_log for the VPC, log_config for the subnet; set enabled of the flow log and of its retention
#       policy to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.network_flow_logged

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_vpc": [{
		"beside": {"types": ["aws_flow_log"], "key": "vpc_id"},
		"at": ["traffic_type"],
		"wants": {"one_of": ["ALL", "REJECT"]},
		"absent": "fail",
		"problem": "has no flow log",
		"fix": `Add an aws_flow_log for this VPC with traffic_type "ALL".`,
	}],
	"google_compute_subnetwork": [{
		"at": ["log_config"],
		"wants": "something",
		"absent": "fail",
		"when": [{"at": ["purpose"], "wants": {"one_of": ["PRIVATE", "PRIVATE_RFC_1918"]}, "absent": "pass"}],
		"problem": "does not record its traffic",
		"fix": "Add log_config.",
	}],
	"azurerm_network_watcher_flow_log": [
		{
			"at": ["enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "is switched off",
			"fix": "Set enabled to true.",
		},
		{
			"at": ["retention_policy", 0, "enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "keeps nothing",
			"fix": "Set enabled to true in retention_policy.",
		},
	],
}
