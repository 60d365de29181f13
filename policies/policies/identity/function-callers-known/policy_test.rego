package exhibit.policies.function_callers_known_test

import data.exhibit.policies.function_callers_known as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_lambda_function_url if {
	cases := [
		[{"authorization_type": "AWS_IAM"}, {}, "pass"],
		[{"authorization_type": "NONE"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"authorization_type": true}, "unknown"],
	]
	testing.verdicts("aws_lambda_function_url", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_lambda_function_url", cases)
}

test_aws_api_gateway_method if {
	cases := [
		[{"http_method": "POST", "authorization": "AWS_IAM"}, {}, "pass"],
		[{"http_method": "POST", "authorization": "NONE"}, {}, "fail"],
		[{"http_method": "POST"}, {}, "fail"],
		[{"http_method": "POST"}, {"authorization": true}, "unknown"],
		[{"http_method": "OPTIONS", "authorization": "NONE"}, {}, "none"],
		[{"http_method": "GET", "authorization": "NONE", "api_key_required": true}, {}, "pass"],
	]
	testing.verdicts("aws_api_gateway_method", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_api_gateway_method", cases)
}

test_aws_apigatewayv2_route if {
	cases := [
		[{"route_key": "GET /orders", "authorization_type": "JWT"}, {}, "pass"],
		[{"route_key": "GET /orders", "authorization_type": "NONE"}, {}, "fail"],
		[{"route_key": "GET /orders"}, {}, "fail"],
		[{"route_key": "GET /orders"}, {"authorization_type": true}, "unknown"],
		[{"route_key": "OPTIONS /orders", "authorization_type": "NONE"}, {}, "none"],
	]
	testing.verdicts("aws_apigatewayv2_route", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_apigatewayv2_route", cases)
}

test_google_cloud_run_v2_service if {
	cases := [
		[{"invoker_iam_disabled": false}, {}, "pass"],
		[{"invoker_iam_disabled": true}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"invoker_iam_disabled": true}, "unknown"],
	]
	testing.verdicts("google_cloud_run_v2_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloud_run_v2_service", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_lambda_function_url.a answers anybody."} with input as testing.plan([["aws_lambda_function_url", "a", {"authorization_type": "NONE"}]])
}

test_template_urls if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "AWS_IAM"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": {"Ref": "Param"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"FunctionUrlConfig": {"AuthType": "AWS_IAM"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"FunctionUrlConfig": {"AuthType": "NONE"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "none" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"FunctionUrlConfig": {"Ref": "Param"}}}}}
}

test_template_methods_and_routes if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Method", "Properties": {"AuthorizationType": "AWS_IAM"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Method", "Properties": {"AuthorizationType": "NONE"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Method", "Properties": {"AuthorizationType": "NONE", "ApiKeyRequired": true}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "none" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "OPTIONS", "AuthorizationType": "NONE"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"RouteKey": "GET /", "AuthorizationType": "JWT"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"RouteKey": "GET /"}}}}
}

test_serverless_api if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"DefaultAuthorizer": "AWS_IAM"}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"DefaultAuthorizer": "AWS_IAM"}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}, "Auth": {"Authorizer": "NONE"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}, "Auth": {"Authorizer": "Users"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"ApiKeyRequired": true}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}, "Auth": {"ApiKeyRequired": true}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"DefaultAuthorizer": {"Ref": "Param"}}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}, "Auth": {"Authorizer": {"Ref": "Param"}}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"Ref": "Param"}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionUri": "api.yaml", "Auth": {"DefaultAuthorizer": "Users"}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get", "RestApiId": {"Ref": "A"}}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"DefaultAuthorizer": "Users"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"ServerlessRestApi": {"Type": "AWS::Serverless::Api", "Properties": {"Auth": {"DefaultAuthorizer": "Users"}}}, "Fn": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}}}}}}
}
