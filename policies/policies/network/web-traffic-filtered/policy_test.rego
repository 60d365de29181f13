package exhibit.policies.web_traffic_filtered_test

import data.exhibit.policies.web_traffic_filtered as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_cloudfront_distribution if {
	cases := [
		[{"web_acl_id": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1"}, {}, "pass"],
		[{"web_acl_id": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"web_acl_id": true}, "pass"],
	]
	testing.verdicts("aws_cloudfront_distribution", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_cloudfront_distribution", cases)
}

test_google_compute_backend_service if {
	cases := [
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "protocol": "HTTPS", "security_policy": "projects/shop-prod/global/securityPolicies/web"}, {}, "pass"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "protocol": "HTTPS", "security_policy": ""}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "protocol": "HTTPS"}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "protocol": "HTTPS"}, {"security_policy": true}, "pass"],
		[{"load_balancing_scheme": "INTERNAL_MANAGED", "protocol": "HTTP"}, {}, "none"],
		[{"load_balancing_scheme": "EXTERNAL", "protocol": "TCP"}, {}, "none"],
	]
	testing.verdicts("google_compute_backend_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_backend_service", cases)
}

test_azurerm_application_gateway if {
	cases := [
		[{"firewall_policy_id": "/subscriptions/1/resourceGroups/shop/providers/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/web"}, {}, "pass"],
		[{"firewall_policy_id": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"firewall_policy_id": true}, "pass"],
		[{"waf_configuration": [{"enabled": true}]}, {}, "pass"],
	]
	testing.verdicts("azurerm_application_gateway", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_application_gateway", cases)
}

test_azurerm_web_application_firewall_policy if {
	cases := [
		[{"policy_settings": [{"mode": "Prevention", "enabled": true}]}, {}, "pass"],
		[{"policy_settings": [{"mode": "Detection", "enabled": true}]}, {}, "fail"],
		[{"policy_settings": [{"enabled": true}]}, {}, "pass"],
		[{"policy_settings": [{"enabled": true}]}, {"policy_settings": [{"mode": true}]}, "unknown"],
		[{"policy_settings": [{"mode": "Prevention", "enabled": false}]}, {}, "fail"],
		[{"policy_settings": [{"mode": "Prevention"}]}, {}, "pass"],
		[{"policy_settings": [{"mode": "Prevention"}]}, {"policy_settings": [{"enabled": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_web_application_firewall_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_web_application_firewall_policy", cases)
}

test_azurerm_cdn_frontdoor_firewall_policy if {
	cases := [
		[{"mode": "Prevention", "enabled": true}, {}, "pass"],
		[{"mode": "Detection", "enabled": true}, {}, "fail"],
		[{"enabled": true}, {}, "fail"],
		[{"enabled": true}, {"mode": true}, "unknown"],
		[{"mode": "Prevention", "enabled": false}, {}, "fail"],
		[{"mode": "Prevention"}, {}, "pass"],
		[{"mode": "Prevention"}, {"enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_cdn_frontdoor_firewall_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cdn_frontdoor_firewall_policy", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_cloudfront_distribution.a has no web application firewall in front."} with input as testing.plan([["aws_cloudfront_distribution", "a", {"web_acl_id": ""}]])
}
