# METADATA
# title: Nobody gets the owner roles of a whole project or subscription
# description: |
#   The basic roles Owner and Editor of Google Cloud, and Owner, Contributor and User Access Administrator on an
#   Azure subscription or management group, are not given. They reach everything that is there and will be.
#   AdministratorAccess in AWS is looked at by no-wildcard-permission.
# custom:
#   exhibit:
#     id: owner-role-not-given
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: No identity holds every right on the platform as a matter of course.
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Rights are given by task, not as everything on a project or subscription.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Shows that the widest privileged roles are not given out in code.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Access follows the rule of least privilege at the top of the tree.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows one technical measure of access control.
#       - control: nis2/2690.11.3
#         strength: partial
#         rationale: Privileged rights are not granted as owner of everything.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Give the predefined roles that the task needs, on the resource that it needs them on.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.owner_role_not_given

import data.lib.requirements
import data.lib.resources
import data.lib.resources.bindings

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

# The policy of a project, folder or organisation as a whole.
population contains resources.subject(r) if some r in whole_policies

violations contains resources.violation(r, message, ["policy_data"], "Give the predefined roles that the task needs.") if {
	some r in whole_policies
	some binding in bindings.of(r)
	role := object.get(binding, "role", null)
	role in {"roles/owner", "roles/editor"}
	message := sprintf("%s gives %s, a basic role that reaches everything.", [r.id, role])
}

unknowns contains resources.undecided(r, message, ["policy_data"]) if {
	some r in whole_policies
	not bindings.readable(r)
	message := sprintf("Which roles %s gives is not known before apply, or is not a policy in JSON.", [r.id])
}

whole_policies := [r |
	some r in resources.resources
	regex.match(`^google_(project|folder|organization)_iam_policy$`, r.native_type)
]

judgement := requirements.judge(needs)

needs := {
	"google_project_iam_member": basic_role,
	"google_project_iam_binding": basic_role,
	"google_folder_iam_member": basic_role,
	"google_folder_iam_binding": basic_role,
	"google_organization_iam_member": basic_role,
	"google_organization_iam_binding": basic_role,
	"azurerm_role_assignment": [{
		"at": ["role_definition_name"],
		"wants": {"none_of": ["Owner", "Contributor", "User Access Administrator"]},
		"absent": "unknown",
		"when": [{"at": ["scope"], "wants": {"like": `^(/subscriptions/[^/]+|/providers/microsoft\.management/managementgroups/[^/]+|/)$`}, "absent": "pass"}],
		"problem": "gives a role that reaches a whole subscription",
		"fix": "Assign a narrower role, or assign it on a resource group.",
	}],
	"azurerm_role_definition": [{
		"each": ["permissions"],
		"at": ["actions"],
		"wants": {"excludes": ["*"]},
		"absent": "pass",
		"problem": "allows every action",
		"fix": "List the actions that are needed.",
	}],
}

basic_role := [{
	"at": ["role"],
	"wants": {"none_of": ["roles/owner", "roles/editor"]},
	"absent": "fail",
	"problem": "gives a basic role that reaches everything",
	"fix": "Give the predefined roles that the task needs.",
}]
