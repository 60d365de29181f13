package exhibit.policies.no_public_principal_test

import data.exhibit.policies.no_public_principal as policy
import data.lib.testing

verdict(resource) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan([resource])
}

document(statement) := json.marshal({"Version": "2012-10-17", "Statement": [statement]})

open(condition) := document({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition})

queue(text) := ["aws_sqs_queue_policy", "a", {"policy": text}]

test_named_principal if {
	verdict(queue(document({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*"}))) == "pass"
	verdict(queue(document({"Effect": "Deny", "Principal": "*", "Action": "*"}))) == "pass"
}

test_everybody if {
	verdict(queue(open({}))) == "fail"
	verdict(queue(document({"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "*"}))) == "fail"
	every type in [
		"aws_s3_bucket_policy", "aws_sns_topic_policy", "aws_ecr_repository_policy", "aws_kms_key", "aws_kms_key_policy",
		"aws_secretsmanager_secret_policy", "aws_backup_vault_policy", "aws_efs_file_system_policy", "aws_cloudwatch_event_bus_policy",
	] {
		verdict([type, "a", {"policy": open({})}]) == "fail"
	}
	every type in ["aws_elasticsearch_domain_policy", "aws_opensearch_domain_policy"] {
		verdict([type, "a", {"access_policies": open({})}]) == "fail"
	}
}

test_condition_that_bounds if {
	every key in ["aws:PrincipalOrgID", "aws:SourceArn", "AWS:SourceAccount", "aws:sourceVpce"] {
		verdict(queue(open({"StringEquals": {key: "x"}}))) == "pass"
	}
}

# A negation lets in all others, IfExists and ForAllValues those who lack the key (IAM, "Condition operators").
test_condition_that_only_looks_like_a_bound if {
	every condition in [
		{"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
		{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
		{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
		{"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/*"}},
		{"Null": {"aws:PrincipalOrgID": "true"}},
		{"StringLike": {"aws:PrincipalArn": "*"}},
		{"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:root", "*"]}},
		{"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}},
		{"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}},
	] {
		verdict(queue(open(condition))) == "fail"
	}
	verdict(queue(open({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}))) == "pass"
	verdict(queue(open({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}))) == "pass"
}

test_all_but_some if {
	verdict(queue(document({"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*"}))) == "fail"
	verdict(queue(document({"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*"}))) == "pass"
}

test_condition_that_does_not_bound if {
	verdict(queue(open({"Bool": {"aws:SecureTransport": "true"}}))) == "fail"
	verdict(queue(open({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}))) == "fail"
}

test_document_that_cannot_be_read if {
	verdict(queue("not json")) == "unknown"
	verdict(["aws_sqs_queue_policy", "a", {}, {"policy": true}]) == "unknown"
}

test_key_without_a_policy_of_its_own if verdict(["aws_kms_key", "a", {"description": "x"}]) == "none"

permission(values) := ["aws_lambda_permission", "a", values]

test_lambda if {
	verdict(permission({"principal": "apigateway.amazonaws.com"})) == "pass"
	verdict(permission({"principal": "*"})) == "fail"
	verdict(permission({"principal": "*", "source_arn": "arn:aws:s3:::a"})) == "pass"
	verdict(permission({"principal": "*", "source_account": "111122223333"})) == "pass"
	verdict(permission({"principal": "*", "principal_org_id": "o-1"})) == "pass"
	verdict(["aws_lambda_permission", "a", {}, {"principal": true}]) == "unknown"
}

test_google if {
	every type in ["google_storage_bucket_iam_member", "google_kms_crypto_key_iam_member", "google_cloud_run_service_iam_member"] {
		verdict([type, "a", {"role": "r", "member": "group:a@example.com"}]) == "pass"
		verdict([type, "a", {"role": "r", "member": "allUsers"}]) == "fail"
		verdict([type, "a", {"role": "r", "member": "allAuthenticatedUsers"}]) == "fail"
	}
	verdict(["google_pubsub_topic_iam_binding", "a", {"members": ["group:a@example.com"]}]) == "pass"
	verdict(["google_pubsub_topic_iam_binding", "a", {"members": ["group:a@example.com", "allUsers"]}]) == "fail"
	verdict(["google_pubsub_topic_iam_binding", "a", {"members": ["group:a@example.com", null]}, {"members": [false, true]}]) == "unknown"
	verdict(["google_storage_bucket_iam_member", "a", {}, {"member": true}]) == "unknown"
	verdict(["google_project_iam_custom_role", "a", {"member": "allUsers"}]) == "none"
}

whole(values) := ["google_storage_bucket_iam_policy", "a", values]

allow(members) := json.marshal({"bindings": [{"role": "roles/storage.objectViewer", "members": members}]})

test_google_whole_policy if {
	verdict(whole({"policy_data": allow(["group:a@example.com"])})) == "pass"
	verdict(whole({"policy_data": allow(["group:a@example.com", "allUsers"])})) == "fail"
	verdict(whole({"policy_data": allow(["allAuthenticatedUsers"])})) == "fail"
	verdict(whole({"policy_data": json.marshal({"etag": "a"})})) == "pass"
	every type in ["google_project_iam_policy", "google_kms_key_ring_iam_policy", "google_cloud_run_v2_service_iam_policy"] {
		verdict([type, "a", {"policy_data": allow(["allUsers"])}]) == "fail"
	}
}

# An expression, or a text that is no policy, is never a pass.
test_google_whole_policy_that_is_not_known if {
	verdict(["google_storage_bucket_iam_policy", "a", {}, {"policy_data": true}]) == "unknown"
	every text in ["", "not json", "[]", `{"bindings": {}}`, `{"bindings": ["allUsers"]}`, `{"bindings": [{"members": ["group:a@example.com"]}]}`, allow([7])] {
		verdict(whole({"policy_data": text})) == "unknown"
	}
	verdict(whole({})) == "unknown"
}

test_what_is_said if {
	[v.message | some v in policy.violations] == ["google_storage_bucket_iam_member.a gives a role to allUsers."] with input as testing.plan([["google_storage_bucket_iam_member", "a", {"member": "allUsers"}]])
	[v.message | some v in policy.violations] == ["aws_sqs_queue_policy.a lets everybody in."] with input as testing.plan([queue(open({}))])
	[v.message | some v in policy.violations] == ["aws_lambda_permission.a lets everybody call the function."] with input as testing.plan([permission({"principal": "*"})])
}
