# METADATA
# title: Buckets keep earlier versions of objects
# description: |
#   S3 and Cloud Storage buckets and blobs of Azure storage accounts keep what an object was before it was changed
#   or deleted.
# custom:
#   exhibit:
#     id: bucket-versioned
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: partial
#         rationale: Objects can be brought back after a mistake or an attack.
#       - control: iso27001/a.8.13
#         strength: partial
#         rationale: Shows that stored objects can be restored to an earlier state.
#       - control: iso27001/a.8.10
#         strength: supporting
#         rationale: A deletion can be undone for a time, so that it is not a mistake.
#       - control: nis2/21.2.c
#         strength: partial
#         rationale: Stored objects outlive a deletion or an encryption by an attacker.
#       - control: nis2/2690.4.2
#         strength: supporting
#         rationale: Earlier versions stand beside backups of stored objects.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add aws_s3_bucket_versioning with status Enabled, versioning with enabled true, or versioning_enabled in
#       blob_properties.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm, gcp-assets]
package exhibit.policies.bucket_versioned

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

# A plan marks the block versioning of a bucket as not known yet where nothing is written: the bucket then keeps no
# versions.
needs := {
	"aws_s3_bucket": [{
		"beside": {"types": ["aws_s3_bucket_versioning"], "key": "bucket"},
		"at": ["versioning_configuration", 0, "status"],
		"wants": {"one_of": ["Enabled"]},
		"absent": "fail",
		"unless": [{"at": ["versioning", 0, "enabled"], "wants": "true", "absent": "fail", "unknown": "fail"}],
		"problem": "keeps no earlier versions of its objects",
		"fix": `Add an aws_s3_bucket_versioning for this bucket with status "Enabled".`,
	}],
	"google_storage_bucket": [{
		"at": ["versioning", 0, "enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "keeps no earlier versions of its objects",
		"fix": "Set enabled to true in versioning.",
	}],
	"storage.googleapis.com/Bucket": [{
		"at": ["versioning", "enabled"],
		"wants": "true",
		"absent": "unknown",
		"problem": "keeps no earlier versions of its objects",
		"fix": "Set enabled to true in versioning.",
	}],
	"azurerm_storage_account": [{
		"at": ["blob_properties", 0, "versioning_enabled"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["account_kind"], "wants": {"one_of": ["StorageV2", "BlobStorage", "BlockBlobStorage"]}, "absent": "pass"}, {"at": ["is_hns_enabled"], "wants": "false", "absent": "pass"}],
		"problem": "keeps no earlier versions of its blobs",
		"fix": "Set versioning_enabled to true in blob_properties.",
	}],
	"Microsoft.Storage/storageAccounts": [{
		"beside": {"types": ["Microsoft.Storage/storageAccounts/blobServices"], "key": "name"},
		"at": ["properties", "isVersioningEnabled"],
		"wants": "true",
		"absent": "fail",
		"when": [
			{"at": ["kind"], "wants": {"one_of": ["StorageV2", "BlobStorage", "BlockBlobStorage"]}, "absent": "pass"},
			{"at": ["properties", "isHnsEnabled"], "wants": "false", "absent": "pass"},
		],
		"problem": "keeps no earlier versions of its blobs",
		"fix": "Set isVersioningEnabled to true in blobServices.",
	}],
}
