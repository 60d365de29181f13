# METADATA
# title: Rights are given to groups and roles, not to single people
# description: |
#   IAM policies are attached to groups and roles, and project, folder and organisation roles in Google Cloud go to
#   groups and service accounts. Role assignments in Azure that say whom they are for do not name a person. Rights
#   of groups can be reviewed as a whole and end when somebody leaves the group.
# custom:
#   exhibit:
#     id: rights-given-to-groups
#     severity: medium
#     owner: identity
#     controls:
#       - control: soc2/cc6.2
#         strength: supporting
#         rationale: Rights end with the membership when somebody leaves or moves.
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Rights follow the duties of a group, not of a person.
#       - control: iso27001/a.5.15
#         strength: partial
#         rationale: Shows that access is given by role as the rule on access asks.
#       - control: iso27001/a.5.18
#         strength: partial
#         rationale: Rights that go to groups can be reviewed and withdrawn as a whole.
#       - control: nis2/2690.11.2
#         strength: partial
#         rationale: Access rights are granted in a way that can be kept in a register and reviewed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Give the right to a group or a role, and put people into the group.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm, azure-resources]
package exhibit.policies.rights_given_to_groups

import data.lib.requirements
import data.lib.resources
import data.lib.resources.bindings

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

# The policy of a project, folder or organisation as a whole.
population contains resources.subject(r) if some r in whole_policies

violations contains resources.violation(r, message, ["policy_data"], "Name groups or service accounts as members.") if {
	some r in whole_policies
	some binding in bindings.of(r)
	some member in resources.list(object.get(binding, "members", null))
	startswith(lower(sprintf("%v", [member])), "user:")
	message := sprintf("%s gives rights to single people.", [r.id])
}

unknowns contains resources.undecided(r, message, ["policy_data"]) if {
	some r in whole_policies
	not bindings.readable(r)
	message := sprintf("To whom %s gives roles is not known before apply, or is not a policy in JSON.", [r.id])
}

whole_policies := [r |
	some r in resources.resources
	regex.match(`^google_(project|folder|organization)_iam_policy$`, r.native_type)
]

judgement := requirements.judge(needs)

needs := {
	"aws_iam_user_policy": user_right,
	"aws_iam_user_policy_attachment": user_right,
	"aws_iam_group_policy": group_right,
	"aws_iam_group_policy_attachment": group_right,
	"aws_iam_policy_attachment": [{
		"at": ["users"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "gives rights to single users",
		"fix": "Attach the policy to groups or roles.",
	}],
	"google_project_iam_member": google_member,
	"google_folder_iam_member": google_member,
	"google_organization_iam_member": google_member,
	"google_project_iam_binding": google_members,
	"google_folder_iam_binding": google_members,
	"google_organization_iam_binding": google_members,
	"azurerm_role_assignment": [{
		"at": ["principal_type"],
		"wants": {"none_of": ["User"]},
		"absent": "unknown",
		"problem": "gives rights to a single person",
		"fix": "Assign the role to a group.",
	}],
	"Microsoft.Authorization/roleAssignments": [{
		"at": ["properties", "principalType"],
		"wants": {"none_of": ["User"]},
		"absent": "unknown",
		"problem": "gives rights to a single person",
		"fix": "Assign the role to a group.",
	}],
}

user_right := [{
	"at": ["user"],
	"wants": "nothing",
	"absent": "pass",
	"problem": "gives rights to a single user",
	"fix": "Attach the policy to a group or a role.",
}]

group_right := [{
	"at": ["group"],
	"wants": "reference",
	"absent": "fail",
	"problem": "names no group",
	"fix": "Name the group.",
}]

google_member := [{
	"at": ["member"],
	"wants": {"unlike": `^user:`},
	"absent": "fail",
	"problem": "gives rights to a single person",
	"fix": "Name a group or a service account as member.",
}]

google_members := [{
	"at": ["members"],
	"wants": {"excludes_like": `^user:`},
	"absent": "fail",
	"problem": "gives rights to single people",
	"fix": "Name groups or service accounts as members.",
}]
