# METADATA
# title: Web apps and functions answer over HTTPS only
# description: |
#   Web apps and function apps of Azure, routes of Front Door and HTTP functions of Google Cloud send plain HTTP on
#   to HTTPS. Load balancers and CloudFront are looked at by tls-required.
# custom:
#   exhibit:
#     id: web-app-https-only
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.7
#         strength: partial
#         rationale: What is sent to and from web apps cannot be read on its way.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Connections from outside are protected where they end.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule for encryption of connections is applied to web apps.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows encryption in transit for web apps, one part of the use of cryptography.
#       - control: nis2/2690.9.2
#         strength: partial
#         rationale: Data in transit to web apps is encrypted as the policy on cryptography asks.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set https_only (https_redirect_enabled) to true, or https_trigger_security_level to SECURE_ALWAYS.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.web_app_https_only

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_linux_web_app": app,
	"azurerm_windows_web_app": app,
	"azurerm_linux_function_app": app,
	"azurerm_windows_function_app": app,
	"azurerm_linux_web_app_slot": app,
	"azurerm_windows_web_app_slot": app,
	"azurerm_app_service": app,
	"azurerm_function_app": app,
	"azurerm_cdn_frontdoor_route": [{
		"at": ["https_redirect_enabled"],
		"wants": "true",
		"absent": "pass",
		"unless": [{"at": ["supported_protocols"], "wants": {"excludes": ["Http"]}, "absent": "fail"}],
		"problem": "serves plain HTTP",
		"fix": "Set https_redirect_enabled to true.",
	}],
	"google_cloudfunctions_function": [{
		"at": ["https_trigger_security_level"],
		"wants": {"one_of": ["SECURE_ALWAYS"]},
		"absent": "unknown",
		"when": [{"at": ["trigger_http"], "wants": "true", "absent": "fail"}],
		"problem": "answers plain HTTP",
		"fix": `Set https_trigger_security_level to "SECURE_ALWAYS".`,
	}],
	"Microsoft.Web/sites": arm_sites,
	"Microsoft.Web/sites/slots": arm_sites,
}

app := [{
	"at": ["https_only"],
	"wants": "true",
	"absent": "fail",
	"problem": "answers plain HTTP",
	"fix": "Set https_only to true.",
}]

arm_sites := [{
	"at": ["properties", "httpsOnly"],
	"wants": "true",
	"absent": "fail",
	"problem": "answers plain HTTP",
	"fix": "Set httpsOnly to true.",
}]
