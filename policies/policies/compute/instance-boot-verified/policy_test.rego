package exhibit.policies.instance_boot_verified_test

import data.exhibit.policies.instance_boot_verified as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_linux_virtual_machine if {
	cases := [
		[{"secure_boot_enabled": true, "vtpm_enabled": true}, {}, "pass"],
		[{"secure_boot_enabled": false, "vtpm_enabled": true}, {}, "fail"],
		[{"vtpm_enabled": true}, {}, "fail"],
		[{"vtpm_enabled": true}, {"secure_boot_enabled": true}, "unknown"],
		[{"secure_boot_enabled": true, "vtpm_enabled": false}, {}, "fail"],
		[{"secure_boot_enabled": true}, {}, "fail"],
		[{"secure_boot_enabled": true}, {"vtpm_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_linux_virtual_machine", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_virtual_machine", cases)
}

test_azurerm_windows_virtual_machine if {
	cases := [
		[{"secure_boot_enabled": true, "vtpm_enabled": true}, {}, "pass"],
		[{"secure_boot_enabled": false, "vtpm_enabled": true}, {}, "fail"],
		[{"secure_boot_enabled": true, "vtpm_enabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_virtual_machine", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_virtual_machine", cases)
}

test_azurerm_linux_virtual_machine_scale_set if {
	cases := [
		[{"secure_boot_enabled": true, "vtpm_enabled": true}, {}, "pass"],
		[{"secure_boot_enabled": false, "vtpm_enabled": true}, {}, "fail"],
		[{"secure_boot_enabled": true, "vtpm_enabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_virtual_machine_scale_set", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_virtual_machine_scale_set", cases)
}

test_azurerm_windows_virtual_machine_scale_set if {
	cases := [
		[{"secure_boot_enabled": true, "vtpm_enabled": true}, {}, "pass"],
		[{"secure_boot_enabled": false, "vtpm_enabled": true}, {}, "fail"],
		[{"secure_boot_enabled": true, "vtpm_enabled": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_virtual_machine_scale_set", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_virtual_machine_scale_set", cases)
}

test_google_compute_instance if {
	cases := [
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true, "enable_integrity_monitoring": true}]}, {}, "pass"],
		[{"shielded_instance_config": [{"enable_secure_boot": false, "enable_vtpm": true, "enable_integrity_monitoring": true}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_vtpm": true, "enable_integrity_monitoring": true}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_vtpm": true, "enable_integrity_monitoring": true}]}, {"shielded_instance_config": [{"enable_secure_boot": true}]}, "unknown"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": false, "enable_integrity_monitoring": true}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_integrity_monitoring": true}]}, {}, "pass"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_integrity_monitoring": true}]}, {"shielded_instance_config": [{"enable_vtpm": true}]}, "unknown"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true, "enable_integrity_monitoring": false}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true}]}, {}, "pass"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true}]}, {"shielded_instance_config": [{"enable_integrity_monitoring": true}]}, "unknown"],
	]
	testing.verdicts("google_compute_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance", cases)
}

test_google_compute_instance_template if {
	cases := [
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true, "enable_integrity_monitoring": true}]}, {}, "pass"],
		[{"shielded_instance_config": [{"enable_secure_boot": false, "enable_vtpm": true, "enable_integrity_monitoring": true}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": false, "enable_integrity_monitoring": true}]}, {}, "fail"],
		[{"shielded_instance_config": [{"enable_secure_boot": true, "enable_vtpm": true, "enable_integrity_monitoring": false}]}, {}, "fail"],
	]
	testing.verdicts("google_compute_instance_template", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance_template", cases)
}

test_google_container_cluster if {
	cases := [
		[{"enable_shielded_nodes": true}, {}, "pass"],
		[{"enable_shielded_nodes": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"enable_shielded_nodes": true}, "unknown"],
	]
	testing.verdicts("google_container_cluster", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_cluster", cases)
}

test_google_container_node_pool if {
	cases := [
		[{"node_config": [{"shielded_instance_config": [{"enable_secure_boot": true}]}]}, {}, "pass"],
		[{"node_config": [{"shielded_instance_config": [{"enable_secure_boot": false}]}]}, {}, "fail"],
		[{"node_config": [{"shielded_instance_config": [{}]}]}, {}, "fail"],
		[{"node_config": [{"shielded_instance_config": [{}]}]}, {"node_config": [{"shielded_instance_config": [{"enable_secure_boot": true}]}]}, "unknown"],
	]
	testing.verdicts("google_container_node_pool", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_container_node_pool", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_linux_virtual_machine.a starts without secure boot."} with input as testing.plan([["azurerm_linux_virtual_machine", "a", {"secure_boot_enabled": false, "vtpm_enabled": true}]])
}

test_arm_compute_virtual_machines if {
	cases := [
		[{"properties": {"securityProfile": {"uefiSettings": {"secureBootEnabled": true, "vTpmEnabled": true}}}}, "pass"],
		[{"properties": {"securityProfile": {"uefiSettings": {"secureBootEnabled": true}}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"securityProfile": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Compute/virtualMachines", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Compute/virtualMachines", cases)
}

test_arm_compute_virtual_machine_scale_sets if {
	cases := [
		[{"properties": {"virtualMachineProfile": {"securityProfile": {"uefiSettings": {"secureBootEnabled": true, "vTpmEnabled": true}}}}}, "pass"],
		[{"properties": {"virtualMachineProfile": {"securityProfile": {"uefiSettings": {"secureBootEnabled": true}}}}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"virtualMachineProfile": {"securityProfile": "[parameters('x')]"}}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Compute/virtualMachineScaleSets", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Compute/virtualMachineScaleSets", cases)
}
