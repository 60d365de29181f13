# METADATA
# title: Access to buckets is given by policy alone
# description: |
#   Access lists of objects are switched off - object ownership of S3 buckets is enforced, Cloud Storage buckets
#   have uniform access. Who can read a bucket then stands in one place and can be reviewed.
# custom:
#   exhibit:
#     id: bucket-access-lists-off
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Who may read stored objects is said in one place.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: A single object cannot be opened past the policy of its bucket.
#       - control: iso27001/a.8.3
#         strength: partial
#         rationale: Shows that access to stored objects is restricted by one rule.
#       - control: iso27001/a.5.18
#         strength: supporting
#         rationale: Rights to stored objects can be reviewed, since access lists are off.
#       - control: nis2/2690.11.2
#         strength: partial
#         rationale: Access rights to stored objects are kept where they can be reviewed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add aws_s3_bucket_ownership_controls with object_ownership BucketOwnerEnforced, or set
#       uniform_bucket_level_access to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan, gcp-assets]
package exhibit.policies.bucket_access_lists_off

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_s3_bucket": [{
		"beside": {"types": ["aws_s3_bucket_ownership_controls"], "key": "bucket"},
		"at": ["rule", 0, "object_ownership"],
		"wants": {"one_of": ["BucketOwnerEnforced"]},
		"absent": "fail",
		"problem": "does not state that access lists are off",
		"fix": `Add an aws_s3_bucket_ownership_controls for this bucket with object_ownership "BucketOwnerEnforced".`,
	}],
	"google_storage_bucket": [{
		"at": ["uniform_bucket_level_access"],
		"wants": "true",
		"absent": "fail",
		"problem": "has access lists of single objects",
		"fix": "Set uniform_bucket_level_access to true.",
	}],
	"storage.googleapis.com/Bucket": [{
		"at": ["iamConfiguration", "uniformBucketLevelAccess", "enabled"],
		"wants": "true",
		"absent": "unknown",
		"problem": "has access lists of single objects",
		"fix": "Set uniformBucketLevelAccess.enabled to true.",
	}],
}
