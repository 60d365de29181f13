# METADATA
# title: Web apps have no back doors for maintenance
# description: |
#   App Service and function apps do not take plain FTP, and remote debugging is off. Both let code be read or
#   changed around the pipeline.
# custom:
#   exhibit:
#     id: web-app-remote-access-off
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Interfaces for maintenance are not open to the outside.
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: Code of an app cannot be changed around the pipeline.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that risky features of the platform are switched off.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Software gets into production by the pipeline only.
#       - control: nis2/2690.6.3
#         strength: partial
#         rationale: Settings of apps follow a hardened configuration.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set remote_debugging_enabled to false and ftps_state to Disabled in site_config.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.web_app_remote_access_off

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
	"Microsoft.Web/sites": arm_sites,
	"Microsoft.Web/sites/slots": arm_sites,
}

app := [
	{
		"at": ["site_config", 0, "remote_debugging_enabled"],
		"wants": "false",
		"absent": "pass",
		"problem": "has remote debugging on",
		"fix": "Set remote_debugging_enabled to false.",
	},
	{
		"at": ["site_config", 0, "ftps_state"],
		"wants": {"one_of": ["Disabled", "FtpsOnly"]},
		"absent": "pass",
		"problem": "takes plain FTP",
		"fix": `Set ftps_state to "Disabled".`,
	},
]

arm_sites := [
	{
		"at": ["properties", "siteConfig", "remoteDebuggingEnabled"],
		"wants": "false",
		"absent": "pass",
		"problem": "has remote debugging on",
		"fix": "Set remoteDebuggingEnabled to false in siteConfig.",
	},
	{
		"at": ["properties", "siteConfig", "ftpsState"],
		"wants": {"one_of": ["Disabled", "FtpsOnly"]},
		"absent": "pass",
		"problem": "takes plain FTP",
		"fix": `Set ftpsState to "Disabled" in siteConfig.`,
	},
]
