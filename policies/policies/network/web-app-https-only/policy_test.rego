package exhibit.policies.web_app_https_only_test

import data.exhibit.policies.web_app_https_only as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_azurerm_linux_web_app if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"https_only": true}, "unknown"],
	]
	testing.verdicts("azurerm_linux_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_web_app", cases)
}

test_azurerm_windows_web_app if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_web_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_web_app", cases)
}

test_azurerm_linux_function_app if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_function_app", cases)
}

test_azurerm_windows_function_app if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_function_app", cases)
}

test_azurerm_linux_web_app_slot if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_linux_web_app_slot", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_linux_web_app_slot", cases)
}

test_azurerm_windows_web_app_slot if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_windows_web_app_slot", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_windows_web_app_slot", cases)
}

test_azurerm_app_service if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_app_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_app_service", cases)
}

test_azurerm_function_app if {
	cases := [
		[{"https_only": true}, {}, "pass"],
		[{"https_only": false}, {}, "fail"],
	]
	testing.verdicts("azurerm_function_app", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_function_app", cases)
}

test_azurerm_cdn_frontdoor_route if {
	cases := [
		[{"https_redirect_enabled": true}, {}, "pass"],
		[{"https_redirect_enabled": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"https_redirect_enabled": true}, "unknown"],
		[{"https_redirect_enabled": false, "supported_protocols": ["Https"]}, {}, "pass"],
	]
	testing.verdicts("azurerm_cdn_frontdoor_route", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cdn_frontdoor_route", cases)
}

test_google_cloudfunctions_function if {
	cases := [
		[{"trigger_http": true, "https_trigger_security_level": "SECURE_ALWAYS"}, {}, "pass"],
		[{"trigger_http": true, "https_trigger_security_level": "SECURE_OPTIONAL"}, {}, "fail"],
		[{"trigger_http": true}, {}, "unknown"],
		[{"trigger_http": true}, {"https_trigger_security_level": true}, "unknown"],
		[{"https_trigger_security_level": "SECURE_OPTIONAL"}, {}, "none"],
	]
	testing.verdicts("google_cloudfunctions_function", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloudfunctions_function", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"azurerm_linux_web_app.a answers plain HTTP."} with input as testing.plan([["azurerm_linux_web_app", "a", {"https_only": false}]])
}

test_arm_web_sites if {
	cases := [
		[{"properties": {"httpsOnly": true}}, "pass"],
		[{"properties": {"httpsOnly": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"httpsOnly": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Web/sites", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites", cases)
}

test_arm_web_sites_slots if {
	cases := [
		[{"properties": {"httpsOnly": true}}, "pass"],
		[{"properties": {"httpsOnly": false}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"httpsOnly": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Web/sites/slots", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Web/sites/slots", cases)
}
