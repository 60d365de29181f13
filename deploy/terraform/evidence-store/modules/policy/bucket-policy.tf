locals {
  denials = {
    for which, arn in local.arns : which => [
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [arn, "${arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "OnlyTls12"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [arn, "${arn}/*"]
        Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
      },
      merge({
        Sid         = "NothingDeleted"
        Effect      = "Deny"
        Principal   = "*"
        Action      = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        NotResource = local.checked[which]
      }, length(local.unless_unlock) == 0 ? {} : { Condition = local.unless_unlock }),
      merge({
        Sid       = "NoBypass"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:BypassGovernanceRetention"
        Resource  = "${arn}/*"
      }, length(local.unless_unlock) == 0 ? {} : { Condition = local.unless_unlock }),
      merge({
        Sid       = "LockStays"
        Effect    = "Deny"
        Principal = "*"
        Action    = local.lock_settings
        Resource  = arn
      }, length(local.unless_unlock) == 0 ? {} : { Condition = local.unless_unlock }),
      {
        Sid       = "SettingsStay"
        Effect    = "Deny"
        Principal = "*"
        Action    = local.bucket_settings
        Resource  = arn
        Condition = local.unless_administrator[which]
      },
      {
        # One day less: the days that remain are whole ones, and the clocks of S3 and of who writes differ.
        Sid         = "NoShorterLock"
        Effect      = "Deny"
        Principal   = "*"
        Action      = ["s3:PutObject", "s3:PutObjectRetention"]
        NotResource = local.checked[which]
        Condition   = { NumericLessThan = { "s3:object-lock-remaining-retention-days" = tostring(var.retention_days - 1) } }
      },
      {
        # In GOVERNANCE, nobody makes by mistake what nobody can undo. In COMPLIANCE, nobody writes what can be undone.
        Sid         = "NoOtherMode"
        Effect      = "Deny"
        Principal   = "*"
        Action      = ["s3:PutObject", "s3:PutObjectRetention"]
        NotResource = local.checked[which]
        Condition   = { StringEquals = { "s3:object-lock-mode" = var.lock_mode == "GOVERNANCE" ? "COMPLIANCE" : "GOVERNANCE" } }
      },
      {
        Sid       = "HoldStays"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObjectLegalHold"
        Resource  = "${arn}/*"
        Condition = merge(local.unless_unlock, { StringEquals = { "s3:object-lock-legal-hold" = "OFF" } })
      },
      {
        # Parts of an upload carry no condition; to complete it does.
        Sid         = "NothingReplaced"
        Effect      = "Deny"
        Principal   = "*"
        Action      = "s3:PutObject"
        NotResource = local.changing[which]
        Condition = {
          Null = { "s3:if-none-match" = "true" }
          Bool = { "s3:ObjectCreationOperation" = "true" }
        }
      },
      {
        # Who brings a key can take it away again.
        Sid       = "NoKeyOfTheCaller"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${arn}/*"
        Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
      },
      {
        # The bucket has its own key. Another one, also of the same account, may be deleted by others; what is under a key of S3 can be put under another one later.
        Sid       = "OnlyKeyOfTheBucket"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${arn}/*"
        Condition = { Null = { "s3:x-amz-server-side-encryption" = "false" } }
      },
      {
        # A bucket of somebody else that is replicated to this one brings versions and delete markers, past all that is said of writing and deleting above.
        Sid       = "NoOtherWay"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:ReplicateDelete", "s3:ReplicateObject"]
        Resource  = "${arn}/*"
      },
    ]
  }

  grants = {
    for which, arn in local.arns : which => concat(
      [
        {
          Sid       = "Write"
          Effect    = "Allow"
          Principal = { AWS = sort(var.writer_arns) }
          Action    = local.write_actions
          Resource  = local.objects[which]
        },
        {
          Sid       = "Read"
          Effect    = "Allow"
          Principal = { AWS = sort(local.readers) }
          Action    = local.read_actions
          Resource  = local.objects[which]
        },
        {
          Sid       = "List"
          Effect    = "Allow"
          Principal = { AWS = sort(local.readers) }
          Action    = ["s3:ListBucket", "s3:ListBucketVersions"]
          Resource  = arn
          Condition = { StringLike = { "s3:prefix" = [for prefix in sort(keys(var.ledgers)) : "${prefix}/*"] } }
        },
        {
          Sid       = "ReadSettings"
          Effect    = "Allow"
          Principal = { AWS = sort(local.readers) }
          Action    = ["s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"]
          Resource  = arn
        },
      ],
      length(var.checker_arns) == 0 ? [] : [
        {
          Sid       = "Check"
          Effect    = "Allow"
          Principal = { AWS = sort(var.checker_arns) }
          Action    = local.check_actions
          Resource  = local.checked[which]
        },
      ],
    )
  }

  write_actions = ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectLegalHold", "s3:PutObjectRetention"]
  read_actions  = ["s3:GetObject", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersion"]
  check_actions = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectRetention"]
}
