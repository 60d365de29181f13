package exhibit.policies.no_wildcard_permission_test

import data.exhibit.policies.no_wildcard_permission as policy
import data.lib.testing

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

with_statement(statement) := [["aws_iam_policy", "a", {"policy": json.marshal({"Version": "2012-10-17", "Statement": statement})}]]

allow(actions, resource) := with_statement([{"Sid": "S", "Effect": "Allow", "Action": actions, "Resource": resource}])

test_named_actions if {
	messages(allow(["s3:GetObject", "s3:List*"], "*")) == set()
	messages(allow("s3:*", "arn:aws:s3:::bucket/*")) == set()
}

test_every_action if {
	every action in ["*", "*:*", "**", ["s3:GetObject", "*"]] {
		messages(allow(action, "arn:aws:s3:::bucket")) == {"aws_iam_policy.a allows every action (statement S)."}
	}
}

test_service_on_everything if {
	messages(allow("iam:*", "*")) == {"aws_iam_policy.a allows iam:* on every resource (statement S)."}
	messages(allow(["iam:*"], ["arn:x", "*"])) == {"aws_iam_policy.a allows iam:* on every resource (statement S)."}
}

test_other_spellings_of_everything if {
	every resource in ["?*", "arn:*:*:*:*:*", "arn:aws:s3:::*", "arn:aws:s3:*:*:*/*"] {
		count(messages(allow("s3:?*", resource))) == 1
	}
	count(messages(with_statement([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::safe/*"}]))) == 1
	messages(allow("s3:*", "arn:aws:s3:::bucket*")) == set()
	messages(allow("dynamodb:*", "arn:aws:dynamodb:eu-central-1:111122223333:*")) == set()
}

test_statement_alone_and_without_name if {
	messages(with_statement({"Effect": "Allow", "Action": "*", "Resource": "*"})) == {"aws_iam_policy.a allows every action."}
}

test_all_but_some if count(messages(with_statement([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]))) == 1

test_deny if messages(with_statement([{"Effect": "Deny", "Action": "*", "Resource": "*"}])) == set()

test_not_known if {
	undecided([["aws_iam_policy", "a", {}, {"policy": true}]]) == {"aws_iam_policy.a"}
	undecided([["aws_iam_role", "a", {}, {"assume_role_policy": true}]]) == {"aws_iam_role.a"}
}

test_not_json if {
	every text in ["${file(\"policy.json\")}", "[]", "{}", ""] {
		undecided([["aws_iam_policy", "a", {"policy": text}]]) == {"aws_iam_policy.a"}
		messages([["aws_iam_policy", "a", {"policy": text}]]) == set()
	}
}

role(principal, more) := [["aws_iam_role", "a", {"assume_role_policy": json.marshal({"Statement": [object.union(
	{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal},
	more,
)]})}]]

test_trust if {
	messages(role("*", {})) == {"Anyone, also from another account, can assume aws_iam_role.a."}
	count(messages(role({"AWS": ["arn:aws:iam::111122223333:root", "*"]}, {}))) == 1
	messages(role({"Service": "ec2.amazonaws.com"}, {})) == set()
	messages(role({"AWS": "*"}, {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}}})) == set()
}

test_actions_of_a_trust_policy_are_not_permissions if {
	messages([["aws_iam_role", "a", {"assume_role_policy": json.marshal({"Statement": {"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": "arn:x"}}})}]]) == set()
}

test_inline_policy if {
	admin := json.marshal({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
	[v.path | some v in policy.violations] == [["resource_changes", 0, "change", "after", "inline_policy", 0, "policy"]] with input as testing.plan([["aws_iam_role", "a", {"inline_policy": [{"name": "x", "policy": admin}]}]])
}

test_administrator if {
	messages([["aws_iam_role_policy_attachment", "a", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]]) == {"aws_iam_role_policy_attachment.a gives full administrator access."}
	count(messages([["aws_iam_role", "a", {"managed_policy_arns": ["arn:aws-cn:iam::aws:policy/AdministratorAccess"]}]])) == 1
	messages([["aws_iam_user_policy_attachment", "a", {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]]) == set()
}

cluster_role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a"}, "rules": rules}

test_cluster_role if {
	[v.path | some v in policy.violations] == [["rules", 1]] with input as cluster_role([
		{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
		{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "*"]},
	])
	policy.violations == set() with input as cluster_role(null)
	count(policy.population) == 1 with input as cluster_role(null)
}

test_template_policies if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop/*"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Ref": "Param"}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["B", "Arn"]}}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": {"Ref": "Param"}, "Resource": "arn:aws:s3:::shop/*"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": {"Ref": "Param"}}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Ref": "Param"}}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Fn::If": ["Prod", {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}, {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop/*"}]}]}}}}}
}

test_template_roles if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "Policies": [{"PolicyName": "a", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}]}}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "Policies": [{"PolicyName": "a", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "ManagedPolicyArns": [{"Ref": "Param"}]}}}}
}

test_serverless_function if {
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": [{"S3ReadPolicy": {"BucketName": {"Ref": "Param"}}}, "AWSLambdaBasicExecutionRole", {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}]}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": "AdministratorAccess"}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "fail" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "pass" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": [{"Ref": "Param"}]}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "unknown" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Policies": {"Fn::If": ["Prod", [], ["AdministratorAccess"]]}}}}}
	testing.verdict(policy.population, policy.violations, policy.unknowns) == "none" with input as {"Resources": {"A": {"Type": "AWS::Serverless::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}}}}
}
