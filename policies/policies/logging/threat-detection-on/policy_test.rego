package exhibit.policies.threat_detection_on_test

import data.exhibit.policies.threat_detection_on as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_guardduty_detector if {
	cases := [
		[{"enable": true}, {}, "pass"],
		[{"enable": false}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"enable": true}, "unknown"],
	]
	testing.verdicts("aws_guardduty_detector", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_guardduty_detector", cases)
}

test_aws_guardduty_detector_feature if {
	cases := [
		[{"status": "ENABLED"}, {}, "pass"],
		[{"status": "DISABLED"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"status": true}, "unknown"],
	]
	testing.verdicts("aws_guardduty_detector_feature", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_guardduty_detector_feature", cases)
}

test_aws_macie2_account if {
	cases := [
		[{"status": "ENABLED"}, {}, "pass"],
		[{"status": "PAUSED"}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"status": true}, "unknown"],
	]
	testing.verdicts("aws_macie2_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_macie2_account", cases)
}

test_azurerm_security_center_subscription_pricing if {
	cases := [
		[{"tier": "Standard"}, {}, "pass"],
		[{"tier": "Free"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"tier": true}, "unknown"],
	]
	testing.verdicts("azurerm_security_center_subscription_pricing", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_security_center_subscription_pricing", cases)
}

test_azurerm_mssql_server_security_alert_policy if {
	cases := [
		[{"state": "Enabled", "disabled_alerts": []}, {}, "pass"],
		[{"state": "Disabled", "disabled_alerts": []}, {}, "fail"],
		[{"disabled_alerts": []}, {}, "fail"],
		[{"disabled_alerts": []}, {"state": true}, "unknown"],
		[{"state": "Enabled", "disabled_alerts": ["Sql_Injection"]}, {}, "fail"],
		[{"state": "Enabled"}, {}, "pass"],
		[{"state": "Enabled"}, {"disabled_alerts": true}, "fail"],
	]
	testing.verdicts("azurerm_mssql_server_security_alert_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_mssql_server_security_alert_policy", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_guardduty_detector.a is switched off."} with input as testing.plan([["aws_guardduty_detector", "a", {"enable": false}]])
}

test_arm_security_pricings if {
	cases := [
		[{"properties": {"pricingTier": "Standard"}}, "pass"],
		[{"properties": {"pricingTier": "Free"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"pricingTier": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Security/pricings", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Security/pricings", cases)
}

test_arm_sql_servers_security_alert_policies if {
	cases := [
		[{"properties": {"state": "Enabled"}}, "pass"],
		[{"properties": {"state": "Enabled", "disabledAlerts": [""]}}, "pass"],
		[{"properties": {"state": "Disabled"}}, "fail"],
		[{"properties": {"state": "Enabled", "disabledAlerts": ["Sql_Injection"]}}, "fail"],
		[{"properties": {"state": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Sql/servers/securityAlertPolicies", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Sql/servers/securityAlertPolicies", cases)
}
