package exhibit.policies.instance_login_by_identity_test

import data.exhibit.policies.instance_login_by_identity as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_linux_virtual_machine if {
	cases := [
		[{"disable_password_authentication": true}, {}, "pass"],
		[{"disable_password_authentication": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"disable_password_authentication": true}, "unknown"],
	]
	testing.verdicts("azurerm_linux_virtual_machine", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_virtual_machine", cases)
}

test_azurerm_linux_virtual_machine_scale_set if {
	cases := [
		[{"disable_password_authentication": true}, {}, "pass"],
		[{"disable_password_authentication": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_virtual_machine_scale_set", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_virtual_machine_scale_set", cases)
}

test_google_compute_instance if {
	cases := [
		[{"metadata": {"enable-oslogin": "TRUE", "serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {}, "pass"],
		[{"metadata": {"enable-oslogin": "FALSE", "serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {}, "fail"],
		[{"metadata": {"serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {}, "unknown"],
		[{"metadata": {"serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {"metadata": {"enable-oslogin": true}}, "unknown"],
		[{"metadata": {"enable-oslogin": "TRUE", "serial-port-enable": "TRUE", "block-project-ssh-keys": "TRUE"}}, {}, "fail"],
		[{"metadata": {"enable-oslogin": "TRUE", "serial-port-enable": "1", "block-project-ssh-keys": "TRUE"}}, {}, "fail"],
		[{"metadata": {"enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE"}}, {}, "pass"],
		[{"metadata": {"enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE"}}, {"metadata": {"serial-port-enable": true}}, "unknown"],
		[{"metadata": {"enable-oslogin": "false", "block-project-ssh-keys": "true"}}, {}, "fail"],
		[{"metadata": {"block-project-ssh-keys": "false"}}, {"metadata": {"enable-oslogin": true}}, "unknown"],
		[{"metadata": {"block-project-ssh-keys": "false"}}, {}, "fail"],
		[{"metadata": {"enable-oslogin": "true", "block-project-ssh-keys": "false"}}, {}, "pass"],
	]
	testing.verdicts("google_compute_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance", cases)
}

test_google_compute_instance_template if {
	cases := [
		[{"metadata": {"enable-oslogin": "TRUE", "serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {}, "pass"],
		[{"metadata": {"enable-oslogin": "FALSE", "serial-port-enable": "FALSE", "block-project-ssh-keys": "TRUE"}}, {}, "fail"],
		[{"metadata": {"enable-oslogin": "TRUE", "serial-port-enable": "TRUE", "block-project-ssh-keys": "TRUE"}}, {}, "fail"],
	]
	testing.verdicts("google_compute_instance_template", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance_template", cases)
}

test_google_compute_project_metadata if {
	cases := [
		[{"metadata": {"enable-oslogin": "TRUE"}}, {}, "pass"],
		[{"metadata": {"enable-oslogin": "FALSE"}}, {}, "fail"],
		[{"metadata": {}}, {}, "fail"],
		[{"metadata": {}}, {"metadata": {"enable-oslogin": true}}, "unknown"],
	]
	testing.verdicts("google_compute_project_metadata", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_project_metadata", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_linux_virtual_machine.a takes passwords."} with input as testing.plan([["azurerm_linux_virtual_machine", "a", {"disable_password_authentication": false}]])
}

test_arm_compute_virtual_machines if {
	cases := [
		[{"properties": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": true}}}}, "pass"],
		[{"properties": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": false}}}}, "fail"],
		[{"properties": {"osProfile": {"linuxConfiguration": {"provisionVMAgent": true}}}}, "fail"],
		[{"properties": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": "[parameters('x')]"}}}}, "unknown"],
		[{"properties": {"osProfile": {"windowsConfiguration": {"provisionVMAgent": true}}}}, "none"],
	]
	testing.arm_verdicts("Microsoft.Compute/virtualMachines", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Compute/virtualMachines", cases)
}

test_arm_compute_virtual_machine_scale_sets if {
	cases := [
		[{"properties": {"virtualMachineProfile": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": true}}}}}, "pass"],
		[{"properties": {"virtualMachineProfile": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": false}}}}}, "fail"],
		[{"properties": {"virtualMachineProfile": {"osProfile": {"linuxConfiguration": {"provisionVMAgent": true}}}}}, "fail"],
		[{"properties": {"virtualMachineProfile": {"osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": "[parameters('x')]"}}}}}, "unknown"],
		[{"properties": {"virtualMachineProfile": {"osProfile": {"windowsConfiguration": {"provisionVMAgent": true}}}}}, "none"],
	]
	testing.arm_verdicts("Microsoft.Compute/virtualMachineScaleSets", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Compute/virtualMachineScaleSets", cases)
}
