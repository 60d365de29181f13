package exhibit.policies.edge_access_logged_test

import data.exhibit.policies.edge_access_logged as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_lb if {
	cases := [
		[{"access_logs": [{"enabled": true}]}, {}, "pass"],
		[{"access_logs": [{"enabled": false}]}, {}, "fail"],
		[{"access_logs": [{}]}, {}, "fail"],
		[{"access_logs": [{}]}, {"access_logs": [{"enabled": true}]}, "unknown"],
		[{"load_balancer_type": "gateway"}, {}, "none"],
	]
	testing.verdicts("aws_lb", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_lb", cases)
}

test_aws_alb if {
	cases := [
		[{"access_logs": [{"enabled": true}]}, {}, "pass"],
		[{"access_logs": [{"enabled": false}]}, {}, "fail"],
	]
	testing.verdicts("aws_alb", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_alb", cases)
}

test_aws_elb if {
	cases := [
		[{"access_logs": [{"bucket": "shop-logs", "enabled": true}]}, {}, "pass"],
		[{"access_logs": [{"bucket": "", "enabled": true}]}, {}, "fail"],
		[{"access_logs": [{"enabled": true}]}, {}, "fail"],
		[{"access_logs": [{"enabled": true}]}, {"access_logs": [{"bucket": true}]}, "pass"],
		[{"access_logs": [{"bucket": "shop-logs", "enabled": false}]}, {}, "fail"],
		[{"access_logs": [{"bucket": "shop-logs"}]}, {}, "pass"],
		[{"access_logs": [{"bucket": "shop-logs"}]}, {"access_logs": [{"enabled": true}]}, "unknown"],
	]
	testing.verdicts("aws_elb", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_elb", cases)
}

test_aws_cloudfront_distribution if {
	cases := [
		[{"logging_config": [{"bucket": "shop-logs.s3.amazonaws.com"}]}, {}, "pass"],
		[{"logging_config": [{"bucket": ""}]}, {}, "fail"],
		[{"logging_config": [{}]}, {}, "unknown"],
		[{"logging_config": [{}]}, {"logging_config": [{"bucket": true}]}, "pass"],
	]
	testing.verdicts("aws_cloudfront_distribution", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_cloudfront_distribution", cases)
}

test_aws_api_gateway_stage if {
	cases := [
		[{"access_log_settings": [{"destination_arn": "arn:aws:logs:eu-central-1:111122223333:log-group:shop"}]}, {}, "pass"],
		[{"access_log_settings": [{"destination_arn": ""}]}, {}, "fail"],
		[{"access_log_settings": [{}]}, {}, "fail"],
		[{"access_log_settings": [{}]}, {"access_log_settings": [{"destination_arn": true}]}, "pass"],
	]
	testing.verdicts("aws_api_gateway_stage", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_api_gateway_stage", cases)
}

test_aws_apigatewayv2_stage if {
	cases := [
		[{"access_log_settings": [{"destination_arn": "arn:aws:logs:eu-central-1:111122223333:log-group:shop"}]}, {}, "pass"],
		[{"access_log_settings": [{"destination_arn": ""}]}, {}, "fail"],
	]
	testing.verdicts("aws_apigatewayv2_stage", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_apigatewayv2_stage", cases)
}

test_google_compute_backend_service if {
	cases := [
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true, "sample_rate": 1}]}, {}, "pass"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": false, "sample_rate": 1}]}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"sample_rate": 1}]}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"sample_rate": 1}]}, {"log_config": [{"enable": true}]}, "unknown"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true, "sample_rate": 0.1}]}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true}]}, {}, "pass"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true}]}, {"log_config": [{"sample_rate": true}]}, "unknown"],
	]
	testing.verdicts("google_compute_backend_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_backend_service", cases)
}

test_google_compute_region_backend_service if {
	cases := [
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true, "sample_rate": 1}]}, {}, "pass"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": false, "sample_rate": 1}]}, {}, "fail"],
		[{"load_balancing_scheme": "EXTERNAL_MANAGED", "log_config": [{"enable": true, "sample_rate": 0.1}]}, {}, "fail"],
	]
	testing.verdicts("google_compute_region_backend_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_compute_region_backend_service", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_lb.a keeps no access log."} with input as testing.plan([["aws_lb", "a", {"access_logs": [{"enabled": false}]}]])
}

test_template_apigateway_stage if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}}, "Logs": {"Type": "AWS::Logs::LogGroup"}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:1:log-group:shop"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"Format": "x"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"DestinationArn": {"Ref": "Param"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::Sub": "${Param}"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGateway::Stage", "Properties": {"AccessLogSetting": {"Fn::If": ["Prod", {}, {"Ref": "AWS::NoValue"}]}}}}}
}

test_template_apigatewayv2_stage if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}}, "Logs": {"Type": "AWS::Logs::LogGroup"}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:1:log-group:shop"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"Format": "x"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"DestinationArn": {"Ref": "Param"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::Sub": "${Param}"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"AccessLogSettings": {"Fn::If": ["Prod", {}, {"Ref": "AWS::NoValue"}]}}}}}
}

test_template_serverless_api if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}}, "Logs": {"Type": "AWS::Logs::LogGroup"}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:1:log-group:shop"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"Format": "x"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"DestinationArn": {"Ref": "Param"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"DestinationArn": {"Fn::Sub": "${Param}"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Api", "Properties": {"AccessLogSetting": {"Fn::If": ["Prod", {}, {"Ref": "AWS::NoValue"}]}}}}}
}

test_template_serverless_httpapi if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}}, "Logs": {"Type": "AWS::Logs::LogGroup"}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:1:log-group:shop"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"Format": "x"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"DestinationArn": {"Ref": "Param"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"DestinationArn": {"Fn::Sub": "${Param}"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"AccessLogSettings": {"Fn::If": ["Prod", {}, {"Ref": "AWS::NoValue"}]}}}}}
}
