# METADATA
# title: Resources do not let everyone in
# description: |
#   No policy of a resource (bucket, topic, queue, key, secret, repository, vault, function, search domain, event bus) allows
#   everybody without a condition on who calls, and no role in Google Cloud is given to allUsers or
#   allAuthenticatedUsers. A document that is built from values of the same plan gets no verdict.
# custom:
#   exhibit:
#     id: no-public-principal
#     severity: critical
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Nobody reaches these resources without an identity that was given access.
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Anonymous callers from outside the boundary are refused by the resource itself.
#       - control: soc2/c1.1
#         strength: supporting
#         rationale: Confidential data in these resources is not open to everybody.
#       - control: iso27001/a.8.3
#         strength: partial
#         rationale: Shows that access to resources is restricted to known identities.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: No rule on access allows everybody.
#       - control: nis2/21.2.i
#         strength: partial
#         rationale: Shows one technical measure of access control on resources.
#       - control: nis2/2690.11.2
#         strength: partial
#         rationale: Access rights are given to identities that are named.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Name the principals, or add a condition on the organisation, the account or the source; give roles in Google Cloud to
#       groups and service accounts.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.no_public_principal

import data.lib.resources
import data.lib.resources.bindings
import data.lib.resources.documents
import data.lib.resources.networks

# Arguments that hold a policy of the resource, in JSON.
holders := {
	"aws_s3_bucket_policy": "policy",
	"aws_sns_topic_policy": "policy",
	"aws_sqs_queue_policy": "policy",
	"aws_ecr_repository_policy": "policy",
	"aws_kms_key": "policy",
	"aws_kms_key_policy": "policy",
	"aws_secretsmanager_secret_policy": "policy",
	"aws_backup_vault_policy": "policy",
	"aws_efs_file_system_policy": "policy",
	"aws_cloudwatch_event_bus_policy": "policy",
	"aws_elasticsearch_domain_policy": "access_policies",
	"aws_opensearch_domain_policy": "access_policies",
}

# Condition keys that bound who calls or from where. Others, such as aws:SecureTransport, leave a statement open.
bounding := {
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
	"aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
	"aws:sourcevpce", "aws:vpcsourceip", "kms:calleraccount",
}

everyone := {"allusers", "allauthenticatedusers"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, [holders[r.native_type]], fix) if {
	some r in judged
	some statement in documents.statements(text(r))
	documents.for_everyone(statement)
	not bounded(statement)
	message := sprintf("%s lets everybody in.", [r.id])
	fix := "Name the principals, or add a condition on aws:PrincipalOrgID or aws:SourceArn."
}

violations contains resources.violation(r, message, ["principal"], "Name the service or the account, with source_arn or source_account.") if {
	some r in judged
	r.native_type == "aws_lambda_permission"
	resources.attribute(r, ["principal"]).value == "*"
	every key in ["source_arn", "source_account", "principal_org_id"] { resources.attribute(r, [key]).state == "absent" }
	message := sprintf("%s lets everybody call the function.", [r.id])
}

violations contains resources.violation(r, message, [key], "Give the role to groups or service accounts.") if {
	some r in judged
	google_role(r)
	some key in ["member", "members"]
	some member in resources.list(resources.attribute(r, [key]).value)
	lower(sprintf("%v", [member])) in everyone
	message := sprintf("%s gives a role to %s.", [r.id, member])
}

violations contains resources.violation(r, message, ["policy_data"], "Give the role to groups or service accounts.") if {
	some r in judged
	some binding in bindings.of(r)
	some member in resources.list(object.get(binding, "members", null))
	lower(sprintf("%v", [member])) in everyone
	message := sprintf("%s gives a role to %s.", [r.id, member])
}

unknowns contains resources.undecided(r, message, ["policy_data"]) if {
	some r in judged
	bindings.whole_policy(r)
	not bindings.readable(r)
	message := sprintf("To whom %s gives roles is not known before apply, or is not a policy in JSON.", [r.id])
}

unknowns contains resources.undecided(r, message, [key]) if {
	some r in judged
	not bindings.whole_policy(r)
	some key in object.get({"aws_lambda_permission": ["principal"]}, r.native_type, [object.get(holders, r.native_type, "policy")])
	not google_role(r)
	undecided(r, key)
	message := sprintf("Whom %s lets in is not known before apply, or is not a policy in JSON.", [r.id])
}

unknowns contains resources.undecided(r, message, [key]) if {
	some r in judged
	google_role(r)
	some key in ["member", "members"]
	resources.has_unknown(r, [key])
	message := sprintf("To whom %s gives a role is known only after apply.", [r.id])
}

judged := [r |
	some r in resources.resources
	has_policy(r)
]

has_policy(r) if {
	holders[r.native_type]
	resources.attribute(r, [holders[r.native_type]]).state != "absent"
}

has_policy(r) if r.native_type == "aws_lambda_permission"

has_policy(r) if google_role(r)

has_policy(r) if bindings.whole_policy(r)

google_role(r) if regex.match(`^google_[a-z0-9_]+_iam_(member|binding)$`, r.native_type)

text(r) := resources.attribute(r, [holders[r.native_type]]).value

undecided(r, key) if resources.attribute(r, [key]).state == "unknown"

undecided(r, key) if {
	key != "principal"
	resources.attribute(r, [key]).state == "set"
	not documents.readable(resources.attribute(r, [key]).value)
}

bounded(statement) if {
	some operator, conditions in object.get(statement, "Condition", {})
	bounds(lower(operator))
	some key, written in conditions
	lower(key) in bounding
	values := resources.list(written)
	count(values) > 0
	every value in values { not boundless(value) }
}

# A negation bounds nothing, and neither does a test that also holds where the request lacks the key.
bounds(operator) if {
	not contains(operator, "not")
	not endswith(operator, "ifexists")
	not startswith(operator, "forallvalues:")
	operator != "null"
}

boundless(value) if trim(value, "*?") == ""

boundless(value) if networks.whole_internet(value)

boundless(value) if regex.match(`^arn:[^:]*:[^:]*:[*?]*:[*?]*:[*?/:]+$`, value)
