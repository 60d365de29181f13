# METADATA
# title: Buckets and file shares take encrypted connections only
# description: |
#   The policy of an S3 bucket denies requests without TLS, storage accounts of Azure take HTTPS only, and EFS file
#   system policies deny clients without TLS. Cloud Storage knows no other connection - its buckets are part of the population
#   and pass.
# custom:
#   exhibit:
#     id: store-transport-encrypted
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.7
#         strength: partial
#         rationale: Stored objects cannot be read on their way to those who may have them.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule for encryption of connections is applied to stores of objects and files.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows one protection of data in transit at the ends of connections within the network.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows encryption in transit for stores, one part of the use of cryptography.
#       - control: nis2/2690.9.2
#         strength: partial
#         rationale: Data in transit to stores is encrypted as the policy on cryptography asks.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add a statement to the policy that denies everything where aws:SecureTransport is false; set
#       https_traffic_only_enabled to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.store_transport_encrypted

import data.lib.requirements
import data.lib.resources
import data.lib.resources.documents
import data.lib.resources.links

population contains resources.subject(r) if some r in judged

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

violations contains resources.violation(r, message, ["bucket"], fix) if {
	some r in judged
	state(r) == "fail"
	message := sprintf("%s takes requests without encryption.", [r.id])
	fix := "Deny everything where aws:SecureTransport is false in the policy of the bucket."
}

unknowns contains unknown if some unknown in judgement.unknowns

unknowns contains resources.undecided(r, message, []) if {
	some r in judged
	state(r) == "unknown"
	message := sprintf("Whether %s takes requests without encryption cannot be told before apply.", [r.id])
}

judgement := requirements.judge(needs)

needs := {
	"azurerm_storage_account": [{
		"at": [["https_traffic_only_enabled"], ["enable_https_traffic_only"]],
		"wants": "true",
		"absent": "pass",
		"problem": "takes requests without encryption",
		"fix": "Set https_traffic_only_enabled to true.",
	}],
	"Microsoft.Storage/storageAccounts": [
		{
			"at": ["properties", "supportsHttpsTrafficOnly"],
			"wants": "true",
			"absent": "pass",
			"problem": "takes requests without encryption",
			"fix": "Set supportsHttpsTrafficOnly to true.",
		},
		{
			"at": ["properties", "supportsHttpsTrafficOnly"],
			"wants": "true",
			"absent": "fail",
			"when": [{"at": ["apiVersion"], "wants": {"like": "^201([5-8]-|9-0[1-3])"}, "absent": "fail"}],
			"problem": "takes requests without encryption: before API version 2019-04-01 that is the default",
			"fix": "Set supportsHttpsTrafficOnly to true.",
		},
	],
}

# Where the policy of a store stands. A bucket may have it within, an EFS policy is judged as what it is.
beside := {"aws_s3_bucket": {"aws_s3_bucket_policy"}, "aws_efs_file_system_policy": set(), "google_storage_bucket": set()}

judged := [r | some r in resources.resources; beside[r.native_type]]

holders(r) := array.concat([r], links.pointing_at(r, beside[r.native_type], "bucket"))

state(r) := "pass" if {
	r.native_type == "google_storage_bucket"
} else := "pass" if {
	some holder in holders(r)
	some statement in documents.statements(object.get(holder.values, "policy", null))
	denies_plain(statement)
} else := "unknown" if {
	some holder in holders(r)
	resources.is_unknown(holder, ["policy"])
	holder.native_type != "aws_s3_bucket"
} else := "unknown" if {
	count(links.unresolved(beside[r.native_type], "bucket")) > 0
} else := "fail"

denies_plain(statement) if {
	statement.Effect == "Deny"
	everyone(statement.Principal)
	some operator in ["Bool", "BoolIfExists"]
	some key, value in statement.Condition[operator]
	lower(key) == "aws:securetransport"
	"false" in {lower(sprintf("%v", [text])) | some text in resources.list(value)}
}

everyone("*")

everyone(principal) if "*" in resources.list(principal.AWS)
