package exhibit.policies.no_secret_in_env_test

import data.exhibit.policies.no_secret_in_env as policy
import data.lib.testing

found(name, value) if count(policy.violations) == 1 with input as testing.pod([{"name": "a", "env": [{"name": name, "value": value}]}], {})

test_names if {
	every name in ["DB_PASSWORD", "db-password", "API_KEY", "APIKEY", "STRIPE_SECRET", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "dbPassword", "clientSecret", "PASSWORD", "app.credentials"] {
		found(name, "correct-horse")
	}
}

test_names_that_only_sound_so if {
	every name in ["DB_PASSWORD_FILE", "SECRET_NAME", "TOKEN_TTL", "PWD", "MONKEY", "KEYBOARD", "PASSWORD_POLICY", "TOKENIZER"] {
		not found(name, "correct-horse")
	}
}

test_values_that_hold_no_secret if {
	every value in ["", " ", "true", "3600", "$(OTHER)", "${OTHER}", "{{ .Values.password }}", "arn:aws:secretsmanager:x", "/run/secrets/db"] {
		not found("DB_PASSWORD", value)
	}
}

# The credentials are put together here, so that no scanner takes this file for one.
test_values_that_look_like_one if {
	every value in [
		concat("", ["AKIA", "ABCDEFGHIJKLMNOP"]),
		concat("", ["-----BEGIN ", "RSA PRIVATE KEY-----\nMII"]),
		concat("", ["ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"]),
		concat("", ["glpat-", "abcdefghij0123456789"]),
		concat("", ["xoxb-", "1234567890-abc"]),
		concat("", ["sk_live_", "abcdefghij0123456789"]),
		"postgres://user:pass@db:5432/x",
	] {
		found("SETTING", value)
	}
}

test_values_without_a_credential if {
	every value in ["https://example.com/a@b", "postgres://user@db/x", "postgres://user:$(PASSWORD)@db/x", "redis://cache:6379"] {
		not found("SETTING", value)
	}
}

test_reference_is_fine if {
	policy.violations == set() with input as testing.pod([{"name": "a", "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}]}], {})
}

test_the_value_is_not_repeated if {
	[[contains(v.message, "correct-horse"), v.path] | some v in policy.violations] == [[false, ["spec", "containers", 0, "env", 0, "value"]]] with input as testing.pod([{"name": "a", "env": [{"name": "X_TOKEN", "value": "correct-horse"}]}], {})
}

test_function if {
	[v.path[6] | some v in policy.violations] == ["variables"] with input as testing.plan([["aws_lambda_function", "a", {"environment": [{"variables": {"API_KEY": "correct-horse", "TABLE": "x"}}]}]])
	policy.violations == set() with input as testing.plan([["aws_lambda_function", "a", {"environment": []}]])
}

test_task if {
	definition := json.marshal([{"name": "web", "environment": [{"name": "API_KEY", "value": "correct-horse"}]}])
	testing.subjects(policy.violations) == {"aws_ecs_task_definition.a"} with input as testing.plan([["aws_ecs_task_definition", "a", {"container_definitions": definition}]])
	testing.subjects(policy.unknowns) == {"aws_ecs_task_definition.a"} with input as testing.plan([["aws_ecs_task_definition", "a", {}, {"container_definitions": true}]])
}

test_template_serverless_function if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": {"STAGE": "prod", "TABLE": {"Ref": "Table"}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": {"DB_PASSWORD": "correct-horse-battery-staple"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": {"DB_PASSWORD": {"Ref": "Param"}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Fn::If": ["Prod", {"Variables": {}}, {"Ref": "AWS::NoValue"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": {"Ref": "Param"}}}}}}
}

test_template_lambda_function if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"STAGE": "prod", "TABLE": {"Ref": "Table"}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"DB_PASSWORD": "correct-horse-battery-staple"}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"DB_PASSWORD": {"Ref": "Param"}}}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Fn::If": ["Prod", {"Variables": {}}, {"Ref": "AWS::NoValue"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"Ref": "Param"}}}}}}
}

test_template_task_definition if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [{"Name": "web", "Environment": [{"Name": "STAGE", "Value": "prod"}]}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [{"Name": "web", "Environment": [{"Name": "DB_PASSWORD", "Value": "correct-horse-battery-staple"}]}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": {"Ref": "Param"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [{"Name": "web", "Environment": {"Ref": "Param"}}]}}}}
}
