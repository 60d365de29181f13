# METADATA
# title: What faces the internet stands behind a web application firewall
# description: |
#   CloudFront distributions, external backend services of Google Cloud and application gateways of Azure have a
#   firewall in front, and firewall policies are on and block, not only watch.
# custom:
#   exhibit:
#     id: web-traffic-filtered
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Known attacks on web applications are stopped at the boundary.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows one protection of services that face the internet.
#       - control: iso27001/a.8.26
#         strength: partial
#         rationale: Shows that applications on the internet have the protection that is asked of them.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Connections from the internet pass a filter.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set web_acl_id, security_policy or firewall_policy_id; set the mode of firewall policies to Prevention.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.web_traffic_filtered

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_cloudfront_distribution": [{
		"at": ["web_acl_id"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no web application firewall in front",
		"fix": "Set web_acl_id.",
	}],
	"google_compute_backend_service": [{
		"at": ["security_policy"],
		"wants": "reference",
		"absent": "fail",
		"when": [{"at": ["load_balancing_scheme"], "wants": {"one_of": ["EXTERNAL", "EXTERNAL_MANAGED"]}, "absent": "pass"}, {"at": ["protocol"], "wants": {"one_of": ["HTTP", "HTTPS", "HTTP2", "H2C"]}, "absent": "pass"}],
		"problem": "has no web application firewall in front",
		"fix": "Set security_policy.",
	}],
	"azurerm_application_gateway": [{
		"at": ["firewall_policy_id"],
		"wants": "reference",
		"absent": "fail",
		"unless": [{"at": ["waf_configuration", 0, "enabled"], "wants": "true", "absent": "fail"}],
		"problem": "has no web application firewall in front",
		"fix": "Set firewall_policy_id.",
	}],
	"azurerm_web_application_firewall_policy": [
		{
			"at": ["policy_settings", 0, "mode"],
			"wants": {"one_of": ["Prevention"]},
			"absent": "pass",
			"problem": "only watches and does not block",
			"fix": `Set mode to "Prevention".`,
		},
		{
			"at": ["policy_settings", 0, "enabled"],
			"wants": "true",
			"absent": "pass",
			"problem": "is switched off",
			"fix": "Set enabled to true.",
		},
	],
	"azurerm_cdn_frontdoor_firewall_policy": [
		{
			"at": ["mode"],
			"wants": {"one_of": ["Prevention"]},
			"absent": "fail",
			"problem": "only watches and does not block",
			"fix": `Set mode to "Prevention".`,
		},
		{
			"at": ["enabled"],
			"wants": "true",
			"absent": "pass",
			"problem": "is switched off",
			"fix": "Set enabled to true.",
		},
	],
}
