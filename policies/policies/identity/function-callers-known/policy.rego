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
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set authorization_type AWS_IAM for function URLs, an authorizer or AWS_IAM for routes; leave
#       invoker_iam_disabled off.
#     since: "2026-11-25"
#     inputs: [terraform-plan, cloudformation]
package exhibit.policies.function_callers_known

import data.lib.requirements
import data.lib.resources

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

population contains resources.subject(api) if some api in apis

violations contains {"subject": api.id, "message": message, "path": event.path, "fix": fix} if {
	some api in apis
	some event in events(api)
	caller(api, event) == "anybody"
	message := sprintf("%s answers anybody where %s asks for it.", [api.id, event.name])
	fix := "Set DefaultAuthorizer in Auth of the API, or Authorizer in Auth of the event."
}

# Methods may be written in a definition, and authorizers come from functions.
unknowns contains resources.undecided(api, message, ["Auth"]) if {
	some api in apis
	not settled(api)
	message := sprintf("Who may call %s is decided outside of what was read.", [api.id])
}

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

# APIs of the serverless transform, with the events of functions that ask for their methods.
event_types := {"AWS::Serverless::Api": ["Api", "RestApiId", "ServerlessRestApi"], "AWS::Serverless::HttpApi": ["HttpApi", "ApiId", "ServerlessHttpApi"]}

apis := [r | some r in resources.resources; event_types[r.native_type]]

events(api) := [event |
	[type, key, implicit] := event_types[api.native_type]
	some function in resources.of_native_types({"AWS::Serverless::Function"})
	some name, written in object.get(function.values, "Events", {})
	written.Type == type
	named := object.get(written, ["Properties", key], {"Ref": implicit})
	named == {"Ref": api.id}
	lower(object.get(written, ["Properties", "Method"], "any")) != "options"
	event := {
		"name": sprintf("%s.%s", [function.id, name]),
		"path": array.concat(function.path, ["Events", name]),
		"auth": object.get(written, ["Properties", "Auth"], {}),
	}
]

settled(api) if {
	all := events(api)
	count(all) > 0
	every key in ["DefinitionBody", "DefinitionUri"] { resources.attribute(api, [key]).state == "absent" }
	every event in all { caller(api, event) in {"known", "anybody"} }
}

# Who may call what an event asks for: its own authorizer counts, then the API's.
caller(api, event) := how_known(event.auth.Authorizer) if {
	is_object(event.auth)
	event.auth.Authorizer
} else := "known" if {
	is_object(event.auth)
	resources.is_true(event.auth.ApiKeyRequired)
} else := "unknown" if {
	not is_object(event.auth)
} else := "unknown" if {
	some key, _ in event.auth
	startswith(key, "Fn::")
} else := "known" if {
	resources.is_true(resources.attribute(api, ["Auth", "ApiKeyRequired"]).value)
} else := how_known(resources.attribute(api, ["Auth", "DefaultAuthorizer"]).value) if {
	resources.attribute(api, ["Auth", "DefaultAuthorizer"]).state == "set"
} else := "unknown" if {
	some at in [["Auth", "DefaultAuthorizer"], ["Auth", "ApiKeyRequired"]]
	resources.attribute(api, at).state == "unknown"
} else := "anybody"

how_known(authorizer) := "unknown" if {
	not is_string(authorizer)
} else := "anybody" if {
	upper(authorizer) == "NONE"
} else := "known"

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
	"AWS::Lambda::Url": [{
		"at": ["AuthType"],
		"wants": {"one_of": ["AWS_IAM"]},
		"absent": "fail",
		"problem": "answers anybody",
		"fix": `Set AuthType to "AWS_IAM".`,
	}],
	"AWS::Serverless::Function": [{
		"at": ["FunctionUrlConfig", "AuthType"],
		"wants": {"one_of": ["AWS_IAM"]},
		"absent": "fail",
		"when": [{"at": ["FunctionUrlConfig"], "wants": "something", "absent": "fail"}],
		"problem": "has a URL that answers anybody",
		"fix": `Set AuthType to "AWS_IAM" in FunctionUrlConfig.`,
	}],
	"AWS::ApiGateway::Method": [{
		"at": ["AuthorizationType"],
		"wants": {"none_of": ["NONE"]},
		"absent": "fail",
		"when": [{"at": ["HttpMethod"], "wants": {"none_of": ["OPTIONS"]}, "absent": "pass"}],
		"unless": [{"at": ["ApiKeyRequired"], "wants": "true", "absent": "fail"}],
		"problem": "answers anybody",
		"fix": `Set AuthorizationType to "AWS_IAM", "CUSTOM" or "COGNITO_USER_POOLS".`,
	}],
	"AWS::ApiGatewayV2::Route": [{
		"at": ["AuthorizationType"],
		"wants": {"none_of": ["NONE"]},
		"absent": "fail",
		"when": [{"at": ["RouteKey"], "wants": {"unlike": `^options `}, "absent": "pass"}],
		"problem": "answers anybody",
		"fix": `Set AuthorizationType to "JWT", "AWS_IAM" or "CUSTOM".`,
	}],
}
