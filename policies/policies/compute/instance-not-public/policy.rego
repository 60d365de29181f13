# METADATA
# title: Machines have no public address
# description: |
#   EC2 instances, launch templates, subnets, Compute Engine instances and network interfaces of Azure get private
#   addresses only. What has to be reached from outside stands behind a load balancer.
# custom:
#   exhibit:
#     id: instance-not-public
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Machines cannot be reached from outside the boundary.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that machines are kept off the public network.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Machines stand in a private part of the network.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Fewer systems are exposed to attacks from the internet.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that access to machines over the network is limited to what is needed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Remove the public address (associate_public_ip_address, map_public_ip_on_launch, access_config,
#       public_ip_address_id) and use a load balancer or a NAT gateway.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.instance_not_public

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_instance": machine,
	"aws_launch_configuration": machine,
	"aws_launch_template": [{
		"each": ["network_interfaces"],
		"at": ["associate_public_ip_address"],
		"wants": "false",
		"absent": "unknown",
		"problem": "gives machines a public address",
		"fix": "Set associate_public_ip_address to false in network_interfaces.",
	}],
	"aws_subnet": subnet,
	"aws_default_subnet": subnet,
	"google_compute_instance": google_machine,
	"google_compute_instance_template": google_machine,
	"azurerm_network_interface": [{
		"each": ["ip_configuration"],
		"at": ["public_ip_address_id"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "gets a public address",
		"fix": "Remove public_ip_address_id.",
	}],
	"Microsoft.Network/networkInterfaces": [{
		"each": ["properties", "ipConfigurations"],
		"at": ["properties", "publicIPAddress"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "gets a public address",
		"fix": "Remove publicIPAddress.",
	}],
}

machine := [{
	"at": ["associate_public_ip_address"],
	"wants": "false",
	"absent": "unknown",
	"problem": "gets a public address",
	"fix": "Set associate_public_ip_address to false.",
}]

subnet := [{
	"at": ["map_public_ip_on_launch"],
	"wants": "false",
	"absent": "pass",
	"problem": "gives every machine a public address",
	"fix": "Set map_public_ip_on_launch to false.",
}]

google_machine := [{
	"each": ["network_interface"],
	"at": ["access_config"],
	"wants": "nothing",
	"absent": "pass",
	"problem": "gets a public address",
	"fix": "Remove access_config.",
}]
