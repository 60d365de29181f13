package exhibit.policies.instance_not_public_test

import data.exhibit.policies.instance_not_public as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_instance if {
	cases := [
		[{"associate_public_ip_address": false}, {}, "pass"],
		[{"associate_public_ip_address": true}, {}, "fail"],
		[{}, {}, "unknown"],
		[{}, {"associate_public_ip_address": true}, "unknown"],
	]
	testing.verdicts("aws_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_instance", cases)
}

test_aws_launch_configuration if {
	cases := [
		[{"associate_public_ip_address": false}, {}, "pass"],
		[{"associate_public_ip_address": true}, {}, "fail"],
	]
	testing.verdicts("aws_launch_configuration", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_launch_configuration", cases)
}

test_aws_launch_template if {
	cases := [
		[{"network_interfaces": [{"associate_public_ip_address": false}]}, {}, "pass"],
		[{"network_interfaces": [{"associate_public_ip_address": true}]}, {}, "fail"],
		[{"network_interfaces": [{}]}, {}, "unknown"],
		[{"network_interfaces": [{}]}, {"network_interfaces": [{"associate_public_ip_address": true}]}, "unknown"],
		[{"network_interfaces": [{"associate_public_ip_address": "true"}]}, {}, "fail"],
		[{"network_interfaces": []}, {}, "pass"],
	]
	testing.verdicts("aws_launch_template", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_launch_template", cases)
}

test_aws_subnet if {
	cases := [
		[{"map_public_ip_on_launch": false}, {}, "pass"],
		[{"map_public_ip_on_launch": true}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"map_public_ip_on_launch": true}, "unknown"],
	]
	testing.verdicts("aws_subnet", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_subnet", cases)
}

test_aws_default_subnet if {
	cases := [
		[{"map_public_ip_on_launch": false}, {}, "pass"],
		[{"map_public_ip_on_launch": true}, {}, "fail"],
	]
	testing.verdicts("aws_default_subnet", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_default_subnet", cases)
}

test_google_compute_instance if {
	cases := [
		[{"network_interface": [{"access_config": []}]}, {}, "pass"],
		[{"network_interface": [{"access_config": [{"network_tier": "PREMIUM"}]}]}, {}, "fail"],
		[{"network_interface": [{}]}, {}, "pass"],
		[{"network_interface": [{}]}, {"network_interface": [{"access_config": true}]}, "fail"],
	]
	testing.verdicts("google_compute_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance", cases)
}

test_google_compute_instance_template if {
	cases := [
		[{"network_interface": [{"access_config": []}]}, {}, "pass"],
		[{"network_interface": [{"access_config": [{"network_tier": "PREMIUM"}]}]}, {}, "fail"],
	]
	testing.verdicts("google_compute_instance_template", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_instance_template", cases)
}

test_azurerm_network_interface if {
	cases := [
		[{"ip_configuration": [{"public_ip_address_id": ""}]}, {}, "pass"],
		[{"ip_configuration": [{"public_ip_address_id": "/subscriptions/1/resourceGroups/shop/providers/Microsoft.Network/publicIPAddresses/web"}]}, {}, "fail"],
		[{"ip_configuration": [{}]}, {}, "pass"],
		[{"ip_configuration": [{}]}, {"ip_configuration": [{"public_ip_address_id": true}]}, "fail"],
		[{"ip_configuration": [{"name": "a"}, {"name": "b", "public_ip_address_id": "x"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_network_interface", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_network_interface", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_instance.a gets a public address."} with input as testing.plan([["aws_instance", "a", {"associate_public_ip_address": true}]])
}

test_arm_network_network_interfaces if {
	cases := [
		[{"properties": {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'shop', 'app')]"}}}]}}, "pass"],
		[{"properties": {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'shop', 'app')]"}, "privateIPAllocationMethod": "Dynamic"}}]}}, "pass"],
		[{"properties": {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'shop', 'app')]"}, "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'shop')]"}}}]}}, "fail"],
		[{"properties": {"ipConfigurations": [{"name": "a", "properties": {"subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'shop', 'app')]"}, "privateIPAllocationMethod": "Dynamic", "publicIPAddress": {"id": "[resourceId('Microsoft.Network/publicIPAddresses', 'shop')]"}}}]}}, "fail"],
		[{"properties": {"ipConfigurations": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Network/networkInterfaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Network/networkInterfaces", cases)
}
