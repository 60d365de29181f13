# METADATA
# title: Buckets and what configures them
# description: |
#   Encryption and the public access block of a bucket, wherever a source writes them: in a resource of its own that names
#   the bucket (Terraform), or in the bucket (CloudFormation, Crossplane, ACK, AWS Config).
package lib.resources.buckets

import data.lib.resources
import data.lib.resources.links

encryption_type := "aws_s3_bucket_server_side_encryption_configuration"

block_type := "aws_s3_bucket_public_access_block"

# Where the encryption of a bucket belongs.
encryption_path(r) := object.get(r.attributes, "encryption_rules", ["bucket"])

# How a source spells the default encryption and its algorithm. Another spelling says nothing there: it is pruned or refused.
encryption_keys := {
	"terraform": ["apply_server_side_encryption_by_default", "sse_algorithm"],
	"hcl": ["apply_server_side_encryption_by_default", "sse_algorithm"],
	"cloudformation": ["ServerSideEncryptionByDefault", "SSEAlgorithm"],
	"aws-config": ["applyServerSideEncryptionByDefault", "sseAlgorithm"],
	"kubernetes": ["applyServerSideEncryptionByDefault", "sseAlgorithm"],
}

# Algorithms that are stated for a bucket.
algorithms(r) := {default_[keys[1]] |
	keys := encryption_keys[r.provider]
	some rule in encryption_rules(r)
	is_object(rule)
	some default_ in resources.list(object.get(rule, keys[0], null))
}

encryption_rules(r) := resources.list(resources.named(r, "encryption_rules").value) if {
	r.attributes.encryption_rules
} else := [rule |
	some holder in holders(r, encryption_type)
	some configuration in array.concat([holder.values], resources.list(object.get(holder.values, "server_side_encryption_configuration", [])))
	some rule in resources.list(object.get(configuration, "rule", []))
]

# Whether there may be more than what was read says. Answers true or false.
default encryption_undecided(_) := false

encryption_undecided(r) if resources.has_unknown(r, r.attributes.encryption_rules)

encryption_undecided(r) if "configured_elsewhere" in r.facts

# Other files of a module may say more.
encryption_undecided(r) if r.provider == "hcl"

encryption_undecided(r) if {
	r.provider == "terraform"
	count(links.unresolved({encryption_type}, "bucket")) > 0
}

encryption_undecided(r) if {
	r.provider == "terraform"
	resources.has_unknown(r, ["server_side_encryption_configuration"])
}

encryption_undecided(r) if {
	count(holders(r, encryption_type)) > 1
	count(algorithms(r)) == 0
}

# The bucket and the resources of a Terraform type that configure it.
holders(r, type) := array.concat([r], links.pointing_at(r, {type}, "bucket")) if {
	r.provider in {"terraform", "hcl"}
} else := [r]

# Where the public access block of a bucket belongs.
block_path(r) := object.get(r.attributes, "public_block", ["bucket"])

# Public access blocks of a bucket: id, and the four settings with their names and states.
blocks(r) := [block(r, r.attributes.public_block) |
	resources.named_is(r, "public_block", "set")
	is_object(resources.named(r, "public_block").value)
] if {
	r.attributes.public_block
} else := [block(b, []) | some b in links.pointing_at(r, {block_type}, "bucket")] if {
	r.native_type == "aws_s3_bucket"
} else := []

# Blocks that hold for every bucket of an account, of the same source.
account_blocks(r) := [block(b, object.get(b.attributes, "public_block", [])) |
	type := {"aws_s3_bucket": "aws_s3_account_public_access_block", "AWS::S3::Bucket": "AWS::S3::AccountPublicAccessBlock"}[r.native_type]
	some b in resources.of_native_types({type})
	b.provider == r.provider
]

# Whether the account's block may add what the bucket lacks. A plan may show one of several accounts; what is live is of
# one account.
default account_may_close(_) := false

account_may_close(r) if {
	r.provider in {"terraform", "hcl"}
	count(account_blocks(r)) > 0
}

account_may_close(r) if {
	some b in account_blocks(r)
	count(off(b)) == 0
}

# Whether it is certain that no block is there. Answers true or false.
default block_missing(_) := false

block_missing(r) if resources.named_is(r, "public_block", "absent")

block_missing(r) if {
	r.native_type == "aws_s3_bucket"
	r.provider == "terraform"
	count(links.unresolved({block_type}, "bucket")) == 0
}

# The four settings as a source spells them, in one order.
spelled(r) := ["blockPublicACLs", "blockPublicPolicy", "ignorePublicACLs", "restrictPublicBuckets"] if {
	r.native_type == "Bucket.s3.services.k8s.aws"
} else := ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] if {
	r.provider == "cloudformation"
} else := ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] if {
	r.provider in {"aws-config", "kubernetes"}
} else := ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]

# A block: id, and name and state of each setting.
block(r, at) := {"id": r.id, "settings": [setting |
	some name in spelled(r)
	setting := {"name": name, "found": resources.attribute(r, array.concat(at, [name]))}
]}

# Blocks add up: each setting is on in one of them.
closed(all) if {
	every i in [0, 1, 2, 3] {
		some b in all
		resources.is_true(b.settings[i].found.value)
	}
}

# Settings that are off for certain, as the source spells them.
off(b) := [setting.name |
	some setting in b.settings
	not resources.is_true(setting.found.value)
	setting.found.state != "unknown"
]
