package exhibit.policies.rights_given_to_groups_test

import data.exhibit.policies.rights_given_to_groups as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_iam_user_policy if {
	cases := [
		[{"user": ""}, {}, "pass"],
		[{"user": "anna"}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"user": true}, "fail"],
	]
	testing.verdicts("aws_iam_user_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_user_policy", cases)
}

test_aws_iam_user_policy_attachment if {
	cases := [
		[{"user": ""}, {}, "pass"],
		[{"user": "anna"}, {}, "fail"],
	]
	testing.verdicts("aws_iam_user_policy_attachment", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_user_policy_attachment", cases)
}

test_aws_iam_group_policy if {
	cases := [
		[{"group": "operators"}, {}, "pass"],
		[{"group": ""}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"group": true}, "pass"],
	]
	testing.verdicts("aws_iam_group_policy", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_group_policy", cases)
}

test_aws_iam_group_policy_attachment if {
	cases := [
		[{"group": "operators"}, {}, "pass"],
		[{"group": ""}, {}, "fail"],
	]
	testing.verdicts("aws_iam_group_policy_attachment", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_group_policy_attachment", cases)
}

test_aws_iam_policy_attachment if {
	cases := [
		[{"users": []}, {}, "pass"],
		[{"users": ["anna"]}, {}, "fail"],
		[{}, {}, "pass"],
		[{}, {"users": true}, "fail"],
	]
	testing.verdicts("aws_iam_policy_attachment", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_iam_policy_attachment", cases)
}

test_google_project_iam_member if {
	cases := [
		[{"member": "group:operators@example.com"}, {}, "pass"],
		[{"member": "user:anna@example.com"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"member": true}, "unknown"],
	]
	testing.verdicts("google_project_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project_iam_member", cases)
}

test_google_folder_iam_member if {
	cases := [
		[{"member": "group:operators@example.com"}, {}, "pass"],
		[{"member": "user:anna@example.com"}, {}, "fail"],
	]
	testing.verdicts("google_folder_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_folder_iam_member", cases)
}

test_google_organization_iam_member if {
	cases := [
		[{"member": "group:operators@example.com"}, {}, "pass"],
		[{"member": "user:anna@example.com"}, {}, "fail"],
	]
	testing.verdicts("google_organization_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_organization_iam_member", cases)
}

test_google_project_iam_binding if {
	cases := [
		[{"members": ["group:operators@example.com"]}, {}, "pass"],
		[{"members": ["group:operators@example.com", "user:anna@example.com"]}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"members": true}, "unknown"],
	]
	testing.verdicts("google_project_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project_iam_binding", cases)
}

test_google_folder_iam_binding if {
	cases := [
		[{"members": ["group:operators@example.com"]}, {}, "pass"],
		[{"members": ["group:operators@example.com", "user:anna@example.com"]}, {}, "fail"],
	]
	testing.verdicts("google_folder_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_folder_iam_binding", cases)
}

test_google_organization_iam_binding if {
	cases := [
		[{"members": ["group:operators@example.com"]}, {}, "pass"],
		[{"members": ["group:operators@example.com", "user:anna@example.com"]}, {}, "fail"],
	]
	testing.verdicts("google_organization_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_organization_iam_binding", cases)
}

test_azurerm_role_assignment if {
	cases := [
		[{"principal_type": "Group"}, {}, "pass"],
		[{"principal_type": "User"}, {}, "fail"],
		[{}, {}, "unknown"],
		[{}, {"principal_type": true}, "unknown"],
	]
	testing.verdicts("azurerm_role_assignment", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_role_assignment", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_iam_user_policy.a gives rights to a single user."} with input as testing.plan([["aws_iam_user_policy", "a", {"user": "anna"}]])
}

test_google_whole_policy if {
	cases := [
		[{"policy_data": json.marshal({"bindings": [{"role": "roles/logging.viewer", "members": ["group:a@example.com"]}]})}, {}, "pass"],
		[{"policy_data": json.marshal({"bindings": [{"role": "roles/logging.viewer", "members": ["user:anna@example.com"]}]})}, {}, "fail"],
		[{"policy_data": "not json"}, {}, "unknown"],
		[{}, {"policy_data": true}, "unknown"],
	]
	every type in ["google_project_iam_policy", "google_folder_iam_policy", "google_organization_iam_policy"] {
		testing.verdicts(type, cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of(type, cases)
	}
}

test_arm_authorization_role_assignments if {
	cases := [
		[{"properties": {"principalType": "Group"}}, "pass"],
		[{"properties": {"principalType": "ServicePrincipal"}}, "pass"],
		[{"properties": {"principalType": "User"}}, "fail"],
		[{"properties": {"principalType": "User", "description": "on call"}}, "fail"],
		[{"properties": {}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Authorization/roleAssignments", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Authorization/roleAssignments", cases)
}
