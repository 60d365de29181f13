package exhibit.policies.web_app_remote_access_off_test

import data.exhibit.policies.web_app_remote_access_off as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_linux_web_app if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"ftps_state": "Disabled"}]}, {"site_config": [{"remote_debugging_enabled": true}]}, "unknown"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": false}]}, {"site_config": [{"ftps_state": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_linux_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_web_app", cases)
}

test_azurerm_windows_web_app if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_web_app", cases)
}

test_azurerm_linux_function_app if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_function_app", cases)
}

test_azurerm_windows_function_app if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_function_app", cases)
}

test_azurerm_linux_web_app_slot if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_web_app_slot", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_web_app_slot", cases)
}

test_azurerm_windows_web_app_slot if {
	cases := [
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "Disabled"}]}, {}, "pass"],
		[{"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}, {}, "fail"],
		[{"site_config": [{"remote_debugging_enabled": false, "ftps_state": "AllAllowed"}]}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_web_app_slot", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_web_app_slot", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_linux_web_app.a has remote debugging on."} with input as testing.plan([["azurerm_linux_web_app", "a", {"site_config": [{"remote_debugging_enabled": true, "ftps_state": "Disabled"}]}]])
}

test_arm_web_sites if {
	cases := [
		[{"properties": {"siteConfig": {"ftpsState": "Disabled"}}}, "pass"],
		[{"properties": {}}, "pass"],
		[{"properties": {"siteConfig": {"ftpsState": "AllAllowed"}}}, "fail"],
		[{"properties": {"siteConfig": {"remoteDebuggingEnabled": true}}}, "fail"],
		[{"properties": {"siteConfig": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Web/sites", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites", cases)
}

test_arm_web_sites_slots if {
	cases := [
		[{"properties": {"siteConfig": {"ftpsState": "Disabled"}}}, "pass"],
		[{"properties": {}}, "pass"],
		[{"properties": {"siteConfig": {"ftpsState": "AllAllowed"}}}, "fail"],
		[{"properties": {"siteConfig": {"remoteDebuggingEnabled": true}}}, "fail"],
		[{"properties": {"siteConfig": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Web/sites/slots", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites/slots", cases)
}
