package exhibit.policies.owner_role_not_given_test

import data.exhibit.policies.owner_role_not_given as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_project_iam_member if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
		[{"role": "roles/editor"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"role": true}, "unknown"],
	]
	testing.verdicts("google_project_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project_iam_member", cases)
}

test_google_project_iam_binding if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
	]
	testing.verdicts("google_project_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_project_iam_binding", cases)
}

test_google_folder_iam_member if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
	]
	testing.verdicts("google_folder_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_folder_iam_member", cases)
}

test_google_folder_iam_binding if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
	]
	testing.verdicts("google_folder_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_folder_iam_binding", cases)
}

test_google_organization_iam_member if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
	]
	testing.verdicts("google_organization_iam_member", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_organization_iam_member", cases)
}

test_google_organization_iam_binding if {
	cases := [
		[{"role": "roles/logging.viewer"}, {}, "pass"],
		[{"role": "roles/owner"}, {}, "fail"],
	]
	testing.verdicts("google_organization_iam_binding", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_organization_iam_binding", cases)
}

test_azurerm_role_assignment if {
	cases := [
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333", "role_definition_name": "Reader"}, {}, "pass"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333", "role_definition_name": "Owner"}, {}, "fail"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333", "role_definition_name": "User Access Administrator"}, {}, "fail"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333", "role_definition_name": "contributor"}, {}, "fail"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"}, {}, "unknown"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"}, {"role_definition_name": true}, "unknown"],
		[{"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/shop", "role_definition_name": "Owner"}, {}, "none"],
		[{"scope": "/providers/Microsoft.Management/managementGroups/root", "role_definition_name": "Owner"}, {}, "fail"],
		[{"role_definition_name": "Owner"}, {"scope": true}, "unknown"],
	]
	testing.verdicts("azurerm_role_assignment", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_role_assignment", cases)
}

test_azurerm_role_definition if {
	cases := [
		[{"permissions": [{"actions": ["Microsoft.Compute/*/read"]}]}, {}, "pass"],
		[{"permissions": [{"actions": ["*"]}]}, {}, "fail"],
		[{"permissions": [{"actions": ["Microsoft.Compute/*/read", "*"]}]}, {}, "fail"],
		[{"permissions": [{}]}, {}, "pass"],
		[{"permissions": [{}]}, {"permissions": [{"actions": true}]}, "unknown"],
	]
	testing.verdicts("azurerm_role_definition", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_role_definition", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_project_iam_member.a gives a basic role that reaches everything."} with input as testing.plan([["google_project_iam_member", "a", {"role": "roles/owner"}]])
}

test_google_whole_policy if {
	allow := {role: json.marshal({"bindings": [{"role": role, "members": ["group:a@example.com"]}]}) | some role in ["roles/owner", "roles/editor", "roles/logging.viewer"]}
	cases := [
		[{"policy_data": allow["roles/logging.viewer"]}, {}, "pass"],
		[{"policy_data": allow["roles/owner"]}, {}, "fail"],
		[{"policy_data": allow["roles/editor"]}, {}, "fail"],
		[{"policy_data": "not json"}, {}, "unknown"],
		[{}, {"policy_data": true}, "unknown"],
	]
	every type in ["google_project_iam_policy", "google_folder_iam_policy", "google_organization_iam_policy"] {
		testing.verdicts(type, cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of(type, cases)
	}
}
