# METADATA
# title: Machines verify what they boot
# description: |
#   Machines start with secure boot, have a virtual trusted platform module and, in Google Cloud, compare what
#   booted with what is expected. Node pools and shielded nodes of GKE too. A changed boot loader is then noticed.
# custom:
#   exhibit:
#     id: instance-boot-verified
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Software that was changed below the operating system does not start, or is noticed.
#       - control: iso27001/a.8.7
#         strength: supporting
#         rationale: Malicious code in the boot process is stopped.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a protection of the platform is configured on each machine.
#       - control: nis2/2690.6.9
#         strength: partial
#         rationale: Shows one protection from malicious and unauthorised software.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set secure_boot_enabled and vtpm_enabled, or enable_secure_boot, enable_vtpm and
#       enable_integrity_monitoring, to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.instance_boot_verified

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_linux_virtual_machine": azure_machine,
	"azurerm_windows_virtual_machine": azure_machine,
	"azurerm_linux_virtual_machine_scale_set": azure_machine,
	"azurerm_windows_virtual_machine_scale_set": azure_machine,
	"google_compute_instance": google_machine,
	"google_compute_instance_template": google_machine,
	"google_container_cluster": [{
		"at": ["enable_shielded_nodes"],
		"wants": "true",
		"absent": "pass",
		"problem": "has nodes that cannot prove what they booted",
		"fix": "Set enable_shielded_nodes to true.",
	}],
	"google_container_node_pool": [{
		"at": ["node_config", 0, "shielded_instance_config", 0, "enable_secure_boot"],
		"wants": "true",
		"absent": "fail",
		"problem": "has nodes that start without secure boot",
		"fix": "Set enable_secure_boot to true in shielded_instance_config.",
	}],
	"Microsoft.Compute/virtualMachines": [
		{
			"at": ["properties", "securityProfile", "uefiSettings", "secureBootEnabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "starts without secure boot",
			"fix": "Set secureBootEnabled to true in uefiSettings of securityProfile.",
		},
		{
			"at": ["properties", "securityProfile", "uefiSettings", "vTpmEnabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "has no trusted platform module",
			"fix": "Set vTpmEnabled to true in uefiSettings of securityProfile.",
		},
	],
	"Microsoft.Compute/virtualMachineScaleSets": [
		{
			"at": ["properties", "virtualMachineProfile", "securityProfile", "uefiSettings", "secureBootEnabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "starts without secure boot",
			"fix": "Set secureBootEnabled to true in uefiSettings of securityProfile.",
		},
		{
			"at": ["properties", "virtualMachineProfile", "securityProfile", "uefiSettings", "vTpmEnabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "has no trusted platform module",
			"fix": "Set vTpmEnabled to true in uefiSettings of securityProfile.",
		},
	],
}

azure_machine := [
	{
		"at": ["secure_boot_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "starts without secure boot",
		"fix": "Set secure_boot_enabled to true.",
	},
	{
		"at": ["vtpm_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "has no trusted platform module",
		"fix": "Set vtpm_enabled to true.",
	},
]

google_machine := [
	{
		"at": ["shielded_instance_config", 0, "enable_secure_boot"],
		"wants": "true",
		"absent": "fail",
		"problem": "starts without secure boot",
		"fix": "Set enable_secure_boot to true in shielded_instance_config.",
	},
	{
		"at": ["shielded_instance_config", 0, "enable_vtpm"],
		"wants": "true",
		"absent": "pass",
		"problem": "has no trusted platform module",
		"fix": "Set enable_vtpm to true in shielded_instance_config.",
	},
	{
		"at": ["shielded_instance_config", 0, "enable_integrity_monitoring"],
		"wants": "true",
		"absent": "pass",
		"problem": "does not check what it booted",
		"fix": "Set enable_integrity_monitoring to true in shielded_instance_config.",
	},
]
