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
#     remediation: >-
#       State the encryption of the bucket with the algorithm aws:kms or AES256: in Terraform an
#       aws_s3_bucket_server_side_encryption_configuration, in CloudFormation BucketEncryption.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, kubernetes, aws-config]
package exhibit.policies.bucket_encrypted_at_rest

import data.lib.resources
import data.lib.resources.buckets

algorithms := {"AES256", "aws:kms", "aws:kms:dsse"}

population contains resources.subject(r) if some r in resources.of_type("bucket")

violations contains resources.violation(r, message, buckets.encryption_path(r), fix(r)) if {
	some r in resources.of_type("bucket")
	state(r) == "fail"
	message := sprintf("No server-side encryption is stated for bucket %s.", [r.id])
}

unknowns contains resources.undecided(r, message, []) if {
	some r in resources.of_type("bucket")
	state(r) == "unknown"
	message := sprintf("How bucket %s is encrypted cannot be told from what was read.", [r.id])
}

# The first line that holds decides.
state(r) := "pass" if {
	"always_encrypted" in r.facts
} else := "pass" if {
	some algorithm in buckets.algorithms(r)
	algorithm in algorithms
} else := "unknown" if {
	buckets.encryption_undecided(r)
} else := "fail"

fix(r) := "Add an aws_s3_bucket_server_side_encryption_configuration for this bucket." if {
	r.provider in {"terraform", "hcl"}
} else := sprintf("Write a rule with the algorithm aws:kms or AES256 into %s.", [resources.dotted(buckets.encryption_path(r))])
