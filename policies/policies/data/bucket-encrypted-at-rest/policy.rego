# METADATA
# title: Buckets state their encryption at rest
# description: |
#   Each S3 bucket has a server-side encryption configuration in code, with AES256 or a KMS key. S3 encrypts new objects
#   also without it; stated, the choice of the key is reviewed and a change of it is seen. Cloud Storage and
#   Azure always encrypt: their buckets are part of the population and pass.
# custom:
#   exhibit:
#     id: bucket-encrypted-at-rest
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Shows that how each bucket is encrypted was decided and reviewed. The encryption itself is also the service's default.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt stored objects is applied to each bucket, with a named method.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption for stored objects.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Add an aws_s3_bucket_server_side_encryption_configuration for the bucket with sse_algorithm aws:kms or AES256.
#     since: "2026-11-01"
#     inputs: [terraform-plan]
package exhibit.policies.bucket_encrypted_at_rest

import data.lib.resources
import data.lib.resources.links

algorithms := {"AES256", "aws:kms", "aws:kms:dsse"}

population contains resources.subject(r) if some r in resources.of_type("bucket")

violations contains resources.violation(r, message, ["bucket"], fix) if {
	some r in resources.of_type("bucket")
	state(r) == "fail"
	message := sprintf("No server-side encryption is stated for bucket %s.", [r.id])
	fix := "Add an aws_s3_bucket_server_side_encryption_configuration for this bucket."
}

unknowns contains resources.undecided(r, message, []) if {
	some r in resources.of_type("bucket")
	state(r) == "unknown"
	message := sprintf("How bucket %s is encrypted cannot be told from the plan.", [r.id])
}

state(r) := "pass" if {
	r.native_type in {"google_storage_bucket", "azurerm_storage_container"}
} else := "pass" if {
	some algorithm in stated(r)
	algorithm in algorithms
} else := "unknown" if {
	count(holders(r)) > 1
	count(stated(r)) == 0
} else := "unknown" if {
	count(links.unresolved({configuration_type}, "bucket")) > 0
} else := "unknown" if {
	resources.has_unknown(r, ["server_side_encryption_configuration"])
} else := "fail"

configuration_type := "aws_s3_bucket_server_side_encryption_configuration"

# The bucket and the resources that configure it.
holders(r) := array.concat([r], links.pointing_at(r, {configuration_type}, "bucket"))

# Algorithms that are written: in a block of the bucket (before version 4 of the provider) or in a resource of their own.
stated(r) := {default_.sse_algorithm |
	some holder in holders(r)
	some configuration in array.concat([holder.values], resources.list(object.get(holder.values, "server_side_encryption_configuration", [])))
	some rule in resources.list(object.get(configuration, "rule", []))
	some default_ in resources.list(rule.apply_server_side_encryption_by_default)
}
