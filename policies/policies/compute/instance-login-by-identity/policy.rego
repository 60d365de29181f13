# METADATA
# title: People log in to machines with their own identity or key
# description: |
#   Linux machines in Azure take no passwords; machines in Google Cloud use OS Login, take no SSH keys of the whole
#   project and have no serial console open. A machine that says nothing about OS Login follows its project.
# custom:
#   exhibit:
#     id: instance-login-by-identity
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Passwords cannot be guessed at machines, and keys belong to somebody.
#       - control: soc2/cc6.2
#         strength: supporting
#         rationale: Access to machines ends with the identity.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that machines authenticate people securely.
#       - control: iso27001/a.5.17
#         strength: supporting
#         rationale: No password for a machine has to be kept or handed over.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows one technical measure of access control for machines.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Logins to machines follow the procedures for authentication.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set disable_password_authentication to true; set the metadata enable-oslogin and block-project-ssh-keys to
#       TRUE, serial-port-enable to FALSE.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.instance_login_by_identity

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_linux_virtual_machine": linux_machine,
	"azurerm_linux_virtual_machine_scale_set": linux_machine,
	"google_compute_instance": google_machine,
	"google_compute_instance_template": google_machine,
	"google_compute_project_metadata": [{
		"at": ["metadata", "enable-oslogin"],
		"wants": "true",
		"absent": "fail",
		"problem": "does not ask machines to use OS Login",
		"fix": `Set the metadata enable-oslogin to "TRUE".`,
	}],
	"Microsoft.Compute/virtualMachines": [{
		"at": ["properties", "osProfile", "linuxConfiguration", "disablePasswordAuthentication"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["properties", "osProfile", "linuxConfiguration"], "wants": "something", "absent": "fail"}],
		"problem": "takes passwords",
		"fix": "Set disablePasswordAuthentication to true in linuxConfiguration.",
	}],
	"Microsoft.Compute/virtualMachineScaleSets": [{
		"at": ["properties", "virtualMachineProfile", "osProfile", "linuxConfiguration", "disablePasswordAuthentication"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["properties", "virtualMachineProfile", "osProfile", "linuxConfiguration"], "wants": "something", "absent": "fail"}],
		"problem": "takes passwords",
		"fix": "Set disablePasswordAuthentication to true in linuxConfiguration.",
	}],
}

linux_machine := [{
	"at": ["disable_password_authentication"],
	"wants": "true",
	"absent": "pass",
	"problem": "takes passwords",
	"fix": "Set disable_password_authentication to true.",
}]

google_machine := [
	{
		"at": ["metadata", "enable-oslogin"],
		"wants": "true",
		"absent": "unknown",
		"problem": "does not use OS Login",
		"fix": `Set the metadata enable-oslogin to "TRUE".`,
	},
	{
		"at": ["metadata", "serial-port-enable"],
		"wants": {"none_of": ["true", "1"]},
		"absent": "pass",
		"problem": "has its serial console open",
		"fix": `Set the metadata serial-port-enable to "FALSE".`,
	},
	{
		"at": ["metadata", "block-project-ssh-keys"],
		"wants": "true",
		"absent": "pass",
		"unless": [{"at": ["metadata", "enable-oslogin"], "wants": "true", "absent": "fail"}],
		"problem": "takes the SSH keys of the whole project",
		"fix": `Set the metadata block-project-ssh-keys to "TRUE".`,
	},
]
