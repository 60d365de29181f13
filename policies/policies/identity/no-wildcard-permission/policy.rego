# METADATA
# title: Permissions name what they allow
# description: |
#   No IAM policy allows every action, or every action of a service on every resource; nobody gets the
#   AdministratorAccess policy; no role can be assumed by everyone; no Kubernetes role allows every verb on every
#   resource. A document that is built from values of the same plan gets no verdict.
# custom:
#   exhibit:
#     id: no-wildcard-permission
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Permissions are written down and limited, not granted wholesale.
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Least privilege is checked for each permission that is defined in code. Who holds it is reviewed elsewhere.
#       - control: iso27001/a.5.15
#         strength: partial
#         rationale: Shows that the access rule of need-to-use is applied when permissions are defined.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Finds privileged access that is granted as a wildcard.
#       - control: nis2/21.2.i
#         strength: partial
#         rationale: Shows that access control is applied to permissions of cloud accounts and clusters.
#     layers:
#       pre-commit: warn
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: List the actions that are needed and the resources that they are needed on.
#     since: "2026-11-01"
#     inputs: [terraform-plan, kubernetes]
package exhibit.policies.no_wildcard_permission

import data.lib.resources
import data.lib.resources.documents

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, finding.message, finding.at, finding.fix) if {
	some r in judged
	some finding in findings(r)
}

# A document that is not known, or that is no JSON, cannot be judged; a violation that is seen elsewhere still counts.
unknowns contains resources.undecided(r, message, at) if {
	some r in judged
	count(findings(r)) == 0
	some at in document_paths(r)
	not documents.readable(resources.attribute(r, at).value)
	resources.attribute(r, at).state != "absent"
	message := sprintf("The policy document of %s is not known before apply, or is not a policy in JSON.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"iam_policy", "iam_role", "iam_attachment", "rbac_role"}]

findings(r) := (((all_actions(r) | whole_service(r)) | open_trust(r)) | gives_administrator(r)) | rbac_wide(r)

document_paths(r) := [["policy"]] if r.type == "iam_policy"

document_paths(r) := array.concat(
	[["assume_role_policy"]],
	[["inline_policy", i, "policy"] | some i, _ in resources.list(object.get(r.values, "inline_policy", []))],
) if {
	r.type == "iam_role"
}

document_paths(r) := [] if r.type in {"iam_attachment", "rbac_role"}

# Statements that allow something, without those that say who may assume a role.
allowing(r) := [[at, statement] |
	some at in document_paths(r)
	at != ["assume_role_policy"]
	some statement in documents.statements(resources.attribute(r, at).value)
	statement.Effect == "Allow"
]

all_actions(r) := {finding |
	some [at, statement] in allowing(r)
	any_action(statement)
	finding := {
		"message": sprintf("%s allows every action%s.", [r.id, named(statement)]),
		"at": at,
		"fix": "List the actions that are needed.",
	}
}

any_action(statement) if {
	some action in documents.texts(statement, "Action")
	trim(action, "*?:") == ""
}

# NotAction with Allow permits all that it does not name, also what is added to the cloud later.
any_action(statement) if count(documents.texts(statement, "NotAction")) > 0

whole_service(r) := {finding |
	some [at, statement] in allowing(r)
	some action in documents.texts(statement, "Action")
	parts := split(action, ":")
	count(parts) == 2
	parts[0] != "*"
	trim(parts[1], "*?") == ""
	on_everything(statement)
	finding := {
		"message": sprintf("%s allows %s on every resource%s.", [r.id, action, named(statement)]),
		"at": at,
		"fix": "List the actions that are needed, or the resources that they are needed on.",
	}
}

on_everything(statement) if {
	some resource in documents.texts(statement, "Resource")
	regex.match(`^([*?]+|arn:[^:]*:[^:]*:[*?]*:[*?]*:[*?/:]+)$`, resource)
}

# NotResource with Allow permits all that it does not name.
on_everything(statement) if count(documents.texts(statement, "NotResource")) > 0

open_trust(r) := {finding |
	r.type == "iam_role"
	some statement in documents.statements(resources.attribute(r, ["assume_role_policy"]).value)
	documents.for_everyone(statement)
	count(object.get(statement, "Condition", {})) == 0
	finding := {
		"message": sprintf("Anyone, also from another account, can assume %s.", [r.id]),
		"at": ["assume_role_policy"],
		"fix": "Name the accounts, roles or services that may assume the role.",
	}
}

gives_administrator(r) := {finding |
	some at in [["policy_arn"], ["managed_policy_arn"], ["managed_policy_arns"]]
	some arn in resources.list(resources.attribute(r, at).value)
	regex.match(`^arn:[a-z0-9-]*:iam::aws:policy/AdministratorAccess$`, arn)
	finding := {
		"message": sprintf("%s gives full administrator access.", [r.id]),
		"at": at,
		"fix": "Attach a policy with the actions that are needed.",
	}
}

rbac_wide(r) := {finding |
	r.type == "rbac_role"
	some i, rule in resources.list(object.get(r.values, "rules", []))
	"*" in resources.list(object.get(rule, "verbs", []))
	"*" in resources.list(object.get(rule, "resources", []))
	finding := {
		"message": sprintf("%s allows every verb on every resource.", [r.id]),
		"at": ["rules", i],
		"fix": "List the verbs and the resources that are needed.",
	}
}

named(statement) := sprintf(" (statement %s)", [statement.Sid]) if {
	is_string(statement.Sid)
	statement.Sid != ""
} else := ""
