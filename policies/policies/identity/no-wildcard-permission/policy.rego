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
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: List the actions that are needed and the resources that they are needed on.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, kubernetes]
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

# What a function of a template gives may be anything, unless it names a resource or has a text of its own.
unknowns contains resources.undecided(r, message, at) if {
	some r in judged
	r.provider == "cloudformation"
	count(findings(r)) == 0
	some at in r.computed
	not at in r.references
	weighs(r, at)
	message := sprintf("What %s allows is decided outside of what was read.", [r.id])
}

weighs(_, []) := true

weighs(r, at) if {
	at[0] in {"PolicyDocument", "AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns"}
	not aside(r, at)
}

# Resources weigh only where a statement allows a whole service; conditions narrow what is allowed; parameters of SAM's policy
# templates name resources.
aside(r, at) if {
	some i, key in at
	key == "Resource"
	statement := object.get(r.values, array.slice(at, 0, i), {})
	every action in documents.texts(statement, "Action") { not endswith(action, "*") }
}

aside(_, at) if "Condition" in at

aside(r, at) if {
	r.native_type == "AWS::Serverless::Function"
	count(at) > 2
	at[0] == "Policies"
	some part in at
	is_string(part)
	endswith(part, "Policy")
}

judged := [r | some r in resources.resources; is_judged(r)]

# A name, or a text into which a template puts something.
spelled(policy) := [policy] if is_string(policy)

spelled(policy) := [policy["Fn::Sub"]] if {
	is_object(policy)
	is_string(policy["Fn::Sub"])
}

is_judged(r) if r.type in {"iam_policy", "iam_role", "iam_attachment", "rbac_role"}

# A serverless function gets a role with these policies, unless it names one.
is_judged(r) if {
	r.native_type == "AWS::Serverless::Function"
	resources.attribute(r, ["Role"]).state == "absent"
}

findings(r) := (((all_actions(r) | whole_service(r)) | open_trust(r)) | gives_administrator(r)) | rbac_wide(r)

document_paths(r) := [["policy"]] if {
	r.type == "iam_policy"
	r.provider != "cloudformation"
}

document_paths(r) := [["PolicyDocument"]] if {
	r.type == "iam_policy"
	r.provider == "cloudformation"
}

# Policies of a role, and of a serverless function: there one may be a name, a template of SAM or a document.
document_paths(r) := array.concat([["AssumeRolePolicyDocument"]], [at |
	some i, policy in resources.list(object.get(r.values, "Policies", null))
	is_object(policy)
	prefix := {true: ["Policies", i], false: ["Policies"]}[is_array(r.values.Policies)]
	at := array.concat(prefix, {"AWS::IAM::Role": ["PolicyDocument"], "AWS::Serverless::Function": []}[r.native_type])
	is_document(r, policy)
]) if {
	r.native_type in {"AWS::IAM::Role", "AWS::Serverless::Function"}
}

is_document(r, _) if r.native_type == "AWS::IAM::Role"

is_document(_, policy) if policy.Statement

document_paths(r) := array.concat(
	[["assume_role_policy"]],
	[["inline_policy", i, "policy"] | some i, _ in resources.list(object.get(r.values, "inline_policy", []))],
) if {
	r.type == "iam_role"
	r.provider != "cloudformation"
}

document_paths(r) := [] if r.type in {"iam_attachment", "rbac_role"}

# Statements that allow something, without those that say who may assume a role.
allowing(r) := [[at, statement] |
	some at in document_paths(r)
	not at in trusts
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

# Where it stands who may assume a role.
trusts := {["assume_role_policy"], ["AssumeRolePolicyDocument"]}

open_trust(r) := {finding |
	r.type in {"iam_role", "function"}
	some at in trusts
	some statement in documents.statements(resources.attribute(r, at).value)
	documents.for_everyone(statement)
	count(object.get(statement, "Condition", {})) == 0
	finding := {
		"message": sprintf("Anyone, also from another account, can assume %s.", [r.id]),
		"at": at,
		"fix": "Name the accounts, roles or services that may assume the role.",
	}
}

gives_administrator(r) := {finding |
	some at in [["policy_arn"], ["managed_policy_arn"], ["managed_policy_arns"], ["ManagedPolicyArns"], ["Policies"]]
	some named_policy in resources.list(object.get(r.values, at, null))
	some arn in spelled(named_policy)
	regex.match(`^(arn:[^:]*(::[^:]*)?:iam::aws:policy/)?AdministratorAccess$`, arn)
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
