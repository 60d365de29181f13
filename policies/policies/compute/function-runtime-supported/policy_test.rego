package exhibit.policies.function_runtime_supported_test

import data.exhibit.policies.function_runtime_supported as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_lambda_function if {
	cases := [
		[{"runtime": "python3.13"}, {}, "pass"],
		[{"runtime": "python3.8"}, {}, "fail"],
		[{"runtime": "nodejs16.x"}, {}, "fail"],
		[{"runtime": "nodejs"}, {}, "fail"],
		[{"runtime": "java8"}, {}, "fail"],
		[{"runtime": "go1.x"}, {}, "fail"],
		[{"runtime": "dotnet6"}, {}, "fail"],
		[{"runtime": "dotnetcore3.1"}, {}, "fail"],
		[{"runtime": "ruby2.7"}, {}, "fail"],
		[{"runtime": "provided"}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"runtime": true}, "unknown"],
		[{"runtime": "java8.al2"}, {}, "pass"],
		[{"runtime": "provided.al2023"}, {}, "pass"],
		[{"runtime": "nodejs22.x"}, {}, "pass"],
		[{"runtime": "ruby3.4"}, {}, "pass"],
		[{"runtime": "dotnet8"}, {}, "pass"],
		[{"runtime": "python3.10"}, {}, "pass"],
	]
	testing.verdicts("aws_lambda_function", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_lambda_function", cases)
}

test_google_cloudfunctions_function if {
	cases := [
		[{"runtime": "python313"}, {}, "pass"],
		[{"runtime": "python38"}, {}, "fail"],
		[{"runtime": "nodejs16"}, {}, "fail"],
		[{"runtime": "go113"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"runtime": true}, "unknown"],
	]
	testing.verdicts("google_cloudfunctions_function", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloudfunctions_function", cases)
}

test_google_cloudfunctions2_function if {
	cases := [
		[{"build_config": [{"runtime": "nodejs22"}]}, {}, "pass"],
		[{"build_config": [{"runtime": "nodejs14"}]}, {}, "fail"],
		[{"build_config": [{}]}, {}, "unknown"],
		[{"build_config": [{}]}, {"build_config": [{"runtime": true}]}, "unknown"],
	]
	testing.verdicts("google_cloudfunctions2_function", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_cloudfunctions2_function", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_lambda_function.a uses a runtime that gets no security fixes."} with input as testing.plan([["aws_lambda_function", "a", {"runtime": "python3.8"}]])
}

test_template_serverless_function if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "nodejs22.x"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.8"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"PackageType": "Image"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": {"Ref": "Param"}}}}}
}

test_template_lambda_function if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.8"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"PackageType": "Image"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": {"Ref": "Param"}}}}}
}
