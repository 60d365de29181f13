# METADATA
# title: Default networks are not used
# description: |
#   New projects of Google Cloud come without the default network, networks make no subnets by themselves, and the
#   default security group of a VPC lets nothing in or out. Whatever forgets to name a network then reaches nothing.
# custom:
#   exhibit:
#     id: default-network-closed
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Nothing can be reached because somebody forgot to name a network.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that networks are designed and not left to defaults.
#       - control: iso27001/a.8.22
#         strength: partial
#         rationale: Shows that parts of the network are set apart on purpose.
#       - control: nis2/2690.6.8
#         strength: partial
#         rationale: Segments of the network are made on purpose.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set auto_create_network and auto_create_subnetworks to false; write aws_default_security_group without
#       rules.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.default_network_closed

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_project": [{
		"at": ["auto_create_network"],
		"wants": "false",
		"absent": "fail",
		"problem": "comes with the default network",
		"fix": "Set auto_create_network to false.",
	}],
	"google_compute_network": [{
		"at": ["auto_create_subnetworks"],
		"wants": "false",
		"absent": "fail",
		"problem": "makes a subnet in every region by itself",
		"fix": "Set auto_create_subnetworks to false.",
	}],
	"aws_default_security_group": [
		{
			"at": ["ingress"],
			"wants": "empty",
			"absent": "pass",
			"problem": "lets traffic in by default",
			"fix": "Remove every ingress rule.",
		},
		{
			"at": ["egress"],
			"wants": "empty",
			"absent": "pass",
			"problem": "lets traffic out by default",
			"fix": "Remove every egress rule.",
		},
	],
}
