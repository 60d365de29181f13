# METADATA
# title: Load balancers, gateways and distributions log who calls
# description: |
#   Every end that takes traffic from outside writes an access log - load balancers, CloudFront, stages of API
#   gateways, backend services of Google Cloud (every request, not a sample).
# custom:
#   exhibit:
#     id: edge-access-logged
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Requests from outside leave a trace that monitoring can look at.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that access from outside is logged at the edge.
#       - control: iso27001/a.8.16
#         strength: supporting
#         rationale: What is watched for anomalies includes traffic at the edge.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: An incident can be followed back to the requests that made it.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Traffic at the edge of the network is logged.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Switch on access_logs, logging_config, access_log_settings or log_config.
#     since: "2026-11-25"
#     inputs: [terraform-plan, cloudformation]
package exhibit.policies.edge_access_logged

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_lb": load_balancer,
	"aws_alb": load_balancer,
	"aws_elb": [
		{
			"at": ["access_logs", 0, "bucket"],
			"wants": "reference",
			"absent": "fail",
			"problem": "keeps no access log",
			"fix": "Add access_logs.",
		},
		{
			"at": ["access_logs", 0, "enabled"],
			"wants": "true",
			"absent": "pass",
			"problem": "has its access log switched off",
			"fix": "Set enabled to true in access_logs.",
		},
	],
	"aws_cloudfront_distribution": [{
		"at": ["logging_config", 0, "bucket"],
		"wants": "reference",
		"absent": "unknown",
		"problem": "keeps no access log",
		"fix": "Add logging_config, or deliver logs with aws_cloudwatch_log_delivery_source.",
	}],
	"aws_api_gateway_stage": stage,
	"aws_apigatewayv2_stage": stage,
	"google_compute_backend_service": backend,
	"google_compute_region_backend_service": backend,
	"AWS::ApiGateway::Stage": log_setting,
	"AWS::ApiGatewayV2::Stage": log_settings,
	"AWS::Serverless::Api": log_setting,
	"AWS::Serverless::HttpApi": log_settings,
}

load_balancer := [{
	"at": ["access_logs", 0, "enabled"],
	"wants": "true",
	"absent": "fail",
	"when": [{"at": ["load_balancer_type"], "wants": {"none_of": ["gateway"]}, "absent": "pass"}],
	"problem": "keeps no access log",
	"fix": "Add access_logs with enabled true.",
}]

stage := [{
	"at": ["access_log_settings", 0, "destination_arn"],
	"wants": "reference",
	"absent": "fail",
	"problem": "keeps no access log",
	"fix": "Add access_log_settings.",
}]

backend := [
	{
		"at": ["log_config", 0, "enable"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["load_balancing_scheme"], "wants": {"like": `^(external|external_managed|internal_managed)$`}, "absent": "pass"}],
		"problem": "keeps no access log",
		"fix": "Set enable to true in log_config.",
	},
	{
		"at": ["log_config", 0, "sample_rate"],
		"wants": {"at_least": 1},
		"absent": "pass",
		"problem": "logs only a part of the requests",
		"fix": "Set sample_rate to 1.",
	},
]

log_setting := [{
	"at": ["AccessLogSetting", "DestinationArn"],
	"wants": "reference",
	"absent": "fail",
	"problem": "keeps no access log",
	"fix": "Add AccessLogSetting with DestinationArn.",
}]

log_settings := [{
	"at": ["AccessLogSettings", "DestinationArn"],
	"wants": "reference",
	"absent": "fail",
	"problem": "keeps no access log",
	"fix": "Add AccessLogSettings with DestinationArn.",
}]
