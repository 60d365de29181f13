# METADATA
# title: Buckets log who reads and writes them
# description: |
#   S3 buckets have server access logging, Cloud Storage buckets write access logs to a bucket for logs. Buckets
#   that hold such logs are waived by an override, not by their name.
# custom:
#   exhibit:
#     id: bucket-access-logged
#     severity: low
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Reading and writing of stored objects leaves a trace.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that access to stored objects is logged.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: An incident can be followed to the objects that were touched.
#       - control: nis2/2690.3.2
#         strength: partial
#         rationale: Access to stored objects is logged.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add aws_s3_bucket_logging with a target bucket, or logging with a log_bucket.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.bucket_access_logged

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_s3_bucket": [{
		"beside": {"types": ["aws_s3_bucket_logging"], "key": "bucket"},
		"at": ["target_bucket"],
		"wants": "reference",
		"absent": "fail",
		"unless": [{"at": ["logging", 0, "target_bucket"], "wants": "something", "absent": "fail", "unknown": "fail"}],
		"problem": "does not log who reads and writes it",
		"fix": "Add an aws_s3_bucket_logging for this bucket.",
	}],
	"google_storage_bucket": [{
		"at": ["logging", 0, "log_bucket"],
		"wants": "reference",
		"absent": "fail",
		"problem": "does not log who reads and writes it",
		"fix": "Add logging with a log_bucket.",
	}],
}
