# METADATA
# title: Functions and interfaces know their callers
# description: |
#   URLs of Lambda functions and routes of API gateways ask for an identity, and Cloud Run does not switch its check
#   of callers off. Preflight requests (OPTIONS) carry no identity and are left out. Who is let in is looked at by
#   no-public-principal.
# custom:
#   exhibit:
#     id: function-callers-known
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Functions and interfaces are not open to callers without an identity.
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Anonymous calls from outside are refused at the interface.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that interfaces authenticate their callers.
#       - control: iso27001/a.8.26
#         strength: supporting
#         rationale: Shows one security requirement of interfaces that applications offer.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Callers of functions and interfaces are authenticated.
#     layers:
#       pre-commit: warn
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set authorization_type AWS_IAM for function URLs, an authorizer or AWS_IAM for routes; leave
#       invoker_iam_disabled off.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.function_callers_known

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_lambda_function_url": [{
		"at": ["authorization_type"],
		"wants": {"one_of": ["AWS_IAM"]},
		"absent": "fail",
		"problem": "answers anybody",
		"fix": `Set authorization_type to "AWS_IAM".`,
	}],
	"aws_api_gateway_method": [{
		"at": ["authorization"],
		"wants": {"none_of": ["NONE"]},
		"absent": "fail",
		"when": [{"at": ["http_method"], "wants": {"none_of": ["OPTIONS"]}, "absent": "pass"}],
		"unless": [{"at": ["api_key_required"], "wants": "true", "absent": "fail"}],
		"problem": "answers anybody",
		"fix": `Set authorization to "AWS_IAM", "CUSTOM" or "COGNITO_USER_POOLS".`,
	}],
	"aws_apigatewayv2_route": [{
		"at": ["authorization_type"],
		"wants": {"none_of": ["NONE"]},
		"absent": "fail",
		"when": [{"at": ["route_key"], "wants": {"unlike": `^options `}, "absent": "pass"}],
		"problem": "answers anybody",
		"fix": `Set authorization_type to "JWT", "AWS_IAM" or "CUSTOM".`,
	}],
	"google_cloud_run_v2_service": [{
		"at": ["invoker_iam_disabled"],
		"wants": "false",
		"absent": "pass",
		"problem": "does not check the identity of its callers",
		"fix": "Set invoker_iam_disabled to false.",
	}],
}
