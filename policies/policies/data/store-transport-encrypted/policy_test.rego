package exhibit.policies.store_transport_encrypted_test

import data.exhibit.policies.store_transport_encrypted as policy
import data.lib.testing

verdict(resources) := found if {
	found := testing.verdict(policy.population, policy.violations, policy.unknowns) with input as testing.plan(resources)
}

bucket := ["aws_s3_bucket", "a", {"bucket": "a"}]

statement := {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

document(changes) := json.marshal({"Version": "2012-10-17", "Statement": [object.union(statement, changes)]})

with_policy(text) := [bucket, ["aws_s3_bucket_policy", "p", {"bucket": "a", "policy": text}]]

test_denied_without_tls if {
	verdict(with_policy(document({}))) == "pass"
	verdict(with_policy(document({"Principal": {"AWS": "*"}}))) == "pass"
	verdict(with_policy(document({"Principal": {"AWS": ["*"]}}))) == "pass"
	verdict(with_policy(document({"Condition": {"Bool": {"AWS:securetransport": false}}}))) == "pass"
	verdict([["aws_s3_bucket", "a", {"bucket": "a", "policy": document({})}]]) == "pass"
}

test_policy_that_does_not_deny if {
	verdict([bucket]) == "fail"
	verdict(with_policy(document({"Effect": "Allow"}))) == "fail"
	verdict(with_policy(document({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}))) == "fail"
	verdict(with_policy(json.marshal({"Statement": [object.remove(statement, ["Condition"])]}))) == "fail"
	verdict(with_policy(json.marshal({"Statement": [object.union(object.remove(statement, ["Condition"]), {"Condition": {"Bool": {"aws:SecureTransport": "true"}}})]}))) == "fail"
	verdict(with_policy("not json")) == "fail"
	verdict([bucket, ["aws_s3_bucket_policy", "p", {"bucket": "b", "policy": document({})}]]) == "fail"
}

test_known_after_apply if {
	verdict([bucket, ["aws_s3_bucket_policy", "p", {"bucket": "a"}, {"policy": true}]]) == "unknown"
	verdict([bucket, ["aws_s3_bucket_policy", "p", {"policy": document({})}, {"bucket": true}]]) == "unknown"
	verdict([["aws_efs_file_system_policy", "a", {}, {"policy": true}]]) == "unknown"
}

test_file_system if {
	verdict([["aws_efs_file_system_policy", "a", {"policy": document({})}]]) == "pass"
	verdict([["aws_efs_file_system_policy", "a", {"policy": document({"Effect": "Allow"})}]]) == "fail"
}

test_azure if {
	every key in ["https_traffic_only_enabled", "enable_https_traffic_only"] {
		verdict([["azurerm_storage_account", "a", {key: true}]]) == "pass"
		verdict([["azurerm_storage_account", "a", {key: false}]]) == "fail"
	}
	verdict([["azurerm_storage_account", "a", {}]]) == "pass"
	verdict([["azurerm_storage_account", "a", {}, {"https_traffic_only_enabled": true}]]) == "unknown"
}

test_google if verdict([["google_storage_bucket", "a", {}]]) == "pass"

test_what_is_said if {
	[v.message | some v in policy.violations] == ["aws_s3_bucket.a takes requests without encryption."] with input as testing.plan([bucket])
}

test_arm_storage_storage_accounts if {
	cases := [
		[{"properties": {"supportsHttpsTrafficOnly": true}}, "pass"],
		[{"properties": {"supportsHttpsTrafficOnly": false}}, "fail"],
		[{"properties": {}, "apiVersion": "2018-07-01"}, "fail"],
		[{"properties": {}, "apiVersion": "2023-05-01"}, "pass"],
		[{"properties": {"supportsHttpsTrafficOnly": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Storage/storageAccounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Storage/storageAccounts", cases)
}
