# METADATA
# title: Buckets block public access
# description: |
#   An S3 bucket states all four settings of its public access block, or the plan states them for the account; a Cloud
#   Storage bucket enforces public access prevention; an Azure container is private, and its account keeps it so. With the block in force, access
#   lists and bucket policies cannot open the bucket. The default of the cloud does not count: old buckets do not have it.
# custom:
#   exhibit:
#     id: bucket-not-public
#     severity: critical
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Stored objects cannot be read without an identity, whatever a single access list says.
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Anonymous access from outside the system boundary is blocked at each bucket.
#       - control: soc2/c1.1
#         strength: partial
#         rationale: Confidential files in buckets are not exposed to the public by mistake.
#       - control: iso27001/a.8.3
#         strength: partial
#         rationale: Shows that access to stored objects is restricted to known identities.
#       - control: iso27001/a.8.12
#         strength: supporting
#         rationale: Removes one common way in which data leaks. Other ways are not looked at.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows one technical access control on stored data.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: >-
#       Add an aws_s3_bucket_public_access_block for the bucket (in CloudFormation PublicAccessBlockConfiguration) with
#       block_public_acls, block_public_policy, ignore_public_acls and restrict_public_buckets all true.
#     since: "2026-11-01"
#     inputs: [terraform-plan, hcl, cloudformation, arm, kubernetes, aws-config, azure-resources, gcp-assets]
package exhibit.policies.bucket_not_public

import data.lib.resources
import data.lib.resources.buckets
import data.lib.resources.documents
import data.lib.resources.links

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, finding.message, finding.at, finding.fix) if {
	some r in judged
	count(passes(r)) == 0
	some finding in failures(r)
}

unknowns contains resources.undecided(r, message, []) if {
	some r in judged
	count(passes(r)) == 0
	count(failures(r)) == 0
	message := sprintf("Whether public access to bucket %s is blocked cannot be told from what was read.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"bucket", "storage_account"}]

# Why a bucket is closed.
passes(r) := (((({r.id |
	buckets.closed(array.concat(buckets.blocks(r), buckets.account_blocks(r)))
} | {r.id |
	r.native_type == "google_storage_bucket"
	r.values.public_access_prevention == "enforced"
	not resources.is_unknown(r, ["public_access_prevention"])
}) | {r.id |
	r.native_type == "storage.googleapis.com/Bucket"
	lower(resources.attribute(r, prevention).value) == "enforced"
}) | {r.id |
	r.native_type == "azurerm_storage_container"
	resources.attribute(r, ["container_access_type"]).value in {"private", null}
	resources.attribute(r, ["container_access_type"]).state != "unknown"
}) | {r.id |
	r.native_type == "azurerm_storage_account"
	resources.is_false(resources.attribute(r, ["allow_nested_items_to_be_public"]).value)
}) | {r.id | arm_closed(r)}

# Templates of Azure.
arm_closed(r) if {
	r.native_type == "Microsoft.Storage/storageAccounts"
	resources.is_false(resources.attribute(r, ["properties", "allowBlobPublicAccess"]).value)
}

arm_closed(r) if {
	r.native_type == "Microsoft.Storage/storageAccounts/blobServices/containers"
	access := resources.attribute(r, ["properties", "publicAccess"])
	access.state != "unknown"
	lower(object.union({"value": "none"}, {key: value | some key, value in access; value != null}).value) == "none"
}

arm_failures(r) := {finding |
	r.native_type == "Microsoft.Storage/storageAccounts"
	resources.is_true(resources.attribute(r, ["properties", "allowBlobPublicAccess"]).value)
	finding := {
		"message": sprintf("Storage account %s lets its containers be public.", [r.id]),
		"at": ["properties", "allowBlobPublicAccess"],
		"fix": "Set allowBlobPublicAccess to false.",
	}
} | {finding |
	r.native_type == "Microsoft.Storage/storageAccounts/blobServices/containers"
	resources.attribute(r, ["properties", "publicAccess"]).state == "set"
	not arm_closed(r)
	finding := {
		"message": sprintf("Container %s lets anyone read its blobs.", [r.id]),
		"at": ["properties", "publicAccess"],
		"fix": `Set publicAccess to "None".`,
	}
}

# Why it is not.
failures(r) := ((missing(r) | switched_off(r)) | other_clouds(r)) | arm_failures(r)

missing(r) := {finding |
	count(buckets.blocks(r)) == 0
	not buckets.account_may_close(r)
	buckets.block_missing(r)
	finding := {
		"message": sprintf("No public access block is stated for bucket %s%s.", [r.id, opened(r)]),
		"at": buckets.block_path(r),
		"fix": fix(r),
	}
}

fix(r) := "Add an aws_s3_bucket_public_access_block for this bucket with all four settings true." if {
	r.provider in {"terraform", "hcl"}
} else := sprintf("Write %s with all four settings true.", [resources.dotted(buckets.block_path(r))])

switched_off(r) := {finding |
	some block in buckets.blocks(r)
	off := buckets.off(block)
	count(off) > 0
	finding := {
		"message": sprintf("%s leaves %s off for bucket %s%s.", [block.id, concat(", ", off), r.id, opened(r)]),
		"at": buckets.block_path(r),
		"fix": sprintf("Set %s to true in %s.", [concat(", ", off), block.id]),
	}
}

# Where Cloud Storage shows it.
prevention := ["iamConfiguration", "publicAccessPrevention"]

other_clouds(r) := (({finding |
	r.native_type == "storage.googleapis.com/Bucket"
	resources.attribute(r, prevention).state == "set"
	finding := {
		"message": sprintf("Bucket %s does not enforce public access prevention.", [r.id]),
		"at": prevention,
		"fix": `Set publicAccessPrevention to "enforced".`,
	}
} | {finding |
	r.native_type == "google_storage_bucket"
	resources.attribute(r, ["public_access_prevention"]).state != "unknown"
	finding := {
		"message": sprintf("Bucket %s does not enforce public access prevention.", [r.id]),
		"at": ["public_access_prevention"],
		"fix": `Set public_access_prevention to "enforced".`,
	}
}) | {finding |
	r.native_type == "azurerm_storage_container"
	resources.attribute(r, ["container_access_type"]).state == "set"
	finding := {
		"message": sprintf("Container %s lets anyone read its blobs.", [r.id]),
		"at": ["container_access_type"],
		"fix": `Set container_access_type to "private".`,
	}
}) | {finding |
	r.native_type == "azurerm_storage_account"
	resources.is_true(resources.attribute(r, ["allow_nested_items_to_be_public"]).value)
	finding := {
		"message": sprintf("Storage account %s lets its containers be public.", [r.id]),
		"at": ["allow_nested_items_to_be_public"],
		"fix": "Set allow_nested_items_to_be_public to false.",
	}
}

# How a bucket without a block is open already, for the message.
opened(r) := ", and its access list is public" if {
	some holder in array.concat([r], links.pointing_at(r, {"aws_s3_bucket_acl"}, "bucket"))
	holder.values.acl in {"public-read", "public-read-write", "authenticated-read"}
} else := ", and its policy allows everyone" if {
	some holder in array.concat([r], links.pointing_at(r, {"aws_s3_bucket_policy"}, "bucket"))
	some statement in documents.statements(object.get(holder.values, "policy", null))
	documents.for_everyone(statement)
} else := ""
