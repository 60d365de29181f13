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
