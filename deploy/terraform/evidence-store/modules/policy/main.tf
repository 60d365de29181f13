locals {
  arns = { for which, bucket in var.buckets : which => "arn:${var.partition}:s3:::${bucket.name}" }

  # Known before the key is there, so that a plan shows whole policies.
  key_aliases = { for which, bucket in var.buckets : which => "alias/exhibit-${bucket.name}" }

  readers = setunion(var.writer_arns, var.reader_arns, var.checker_arns)

  # As src/ledger/layout.ts names the file of the key that signs now.
  key_files = { for prefix, origin in var.ledgers : prefix => "keys/${replace(origin, "/[^0-9A-Za-z_.=@-]/", "_")}.vkey" }

  # Where `exhibit store check` writes, and what finds out whether the store refuses a second writer.
  checked = {
    for which, arn in local.arns : which => [for prefix in sort(keys(var.ledgers)) : "${arn}/${prefix}/exhibit-check/*"]
  }

  # All that is ever written twice: the checkpoint, and the key that signs when it changes.
  changing = {
    for which, arn in local.arns : which => concat(
      [for prefix in sort(keys(var.ledgers)) : "${arn}/${prefix}/log/checkpoint"],
      [for prefix in sort(keys(var.ledgers)) : "${arn}/${prefix}/${local.key_files[prefix]}"],
      local.checked[which],
    )
  }

  objects = {
    for which, arn in local.arns : which => [for prefix in sort(keys(var.ledgers)) : "${arn}/${prefix}/*"]
  }

  # Whoever is exempt from a denial, as a condition on it. An absent key matches a negation, so whoever has no ARN is denied, too.
  unless_unlock = length(var.unlock_arns) == 0 ? {} : { ArnNotEquals = { "aws:PrincipalArn" = sort(var.unlock_arns) } }
  unless_administrator = {
    for which, bucket in var.buckets : which => {
      ArnNotEquals = { "aws:PrincipalArn" = sort(setunion(bucket.administrator_arns, var.unlock_arns)) }
    }
  }

  # What takes a lock away, or makes the next one shorter.
  lock_settings = ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:DeleteBucket"]

  # What opens a bucket, hides what it has, or takes these statements away. Terraform itself needs them.
  bucket_settings = [
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
  ]

  # A key that is gone makes every object unreadable, whatever its lock says.
  key_endings = [
    "kms:DeleteAlias",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "kms:UpdateAlias",
  ]
}
