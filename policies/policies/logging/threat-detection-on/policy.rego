# METADATA
# title: Threat detection of the platform is on
# description: |
#   GuardDuty detectors, Macie and Security Hub are not switched off; Defender plans of Azure are those that detect
#   (Standard), and threat detection of SQL servers is enabled without exceptions.
# custom:
#   exhibit:
#     id: threat-detection-on
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Threats are looked for all the time by the service of the platform.
#       - control: soc2/cc7.3
#         strength: supporting
#         rationale: Findings of the service are events that can be evaluated.
#       - control: iso27001/a.8.16
#         strength: partial
#         rationale: Shows that the platform watches for anomalous behaviour.
#       - control: iso27001/a.8.7
#         strength: supporting
#         rationale: Known malicious activity on the platform is noticed.
#       - control: nis2/21.2.b
#         strength: partial
#         rationale: Shows one means by which incidents are detected.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Monitoring for suspicious events runs on the platform.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set enable (status, state) so that the service runs, and tier to Standard.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.threat_detection_on

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_guardduty_detector": [{
		"at": ["enable"],
		"wants": "true",
		"absent": "pass",
		"problem": "is switched off",
		"fix": "Set enable to true.",
	}],
	"aws_guardduty_detector_feature": [{
		"at": ["status"],
		"wants": {"one_of": ["ENABLED"]},
		"absent": "fail",
		"problem": "is switched off",
		"fix": `Set status to "ENABLED".`,
	}],
	"aws_macie2_account": [{
		"at": ["status"],
		"wants": {"none_of": ["PAUSED"]},
		"absent": "pass",
		"problem": "is paused",
		"fix": `Set status to "ENABLED".`,
	}],
	"azurerm_security_center_subscription_pricing": [{
		"at": ["tier"],
		"wants": {"one_of": ["Standard"]},
		"absent": "fail",
		"problem": "is a plan that detects nothing",
		"fix": `Set tier to "Standard".`,
	}],
	"azurerm_mssql_server_security_alert_policy": [
		{
			"at": ["state"],
			"wants": {"one_of": ["Enabled"]},
			"absent": "fail",
			"problem": "has threat detection switched off",
			"fix": `Set state to "Enabled".`,
		},
		{
			"at": ["disabled_alerts"],
			"wants": "nothing",
			"absent": "pass",
			"problem": "leaves some kinds of threat out",
			"fix": "Remove disabled_alerts.",
		},
	],
	"Microsoft.Security/pricings": [{
		"at": ["properties", "pricingTier"],
		"wants": {"one_of": ["Standard"]},
		"absent": "fail",
		"problem": "is a plan that detects nothing",
		"fix": `Set pricingTier to "Standard".`,
	}],
	"Microsoft.Sql/servers/securityAlertPolicies": [
		{
			"at": ["properties", "state"],
			"wants": {"one_of": ["Enabled"]},
			"absent": "fail",
			"problem": "has threat detection switched off",
			"fix": `Set state to "Enabled".`,
		},
		{
			"at": ["properties", "disabledAlerts"],
			"wants": {"like": `^\[(\"\")?\]$`},
			"absent": "pass",
			"problem": "leaves some kinds of threat out",
			"fix": "Remove disabledAlerts.",
		},
	],
}
