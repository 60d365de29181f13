locals {
  # S3 uses the key for whoever may read or write the object; nobody uses it on their own.
  through_s3 = {
    for which, bucket in var.buckets : which => {
      StringEquals = {
        "kms:ViaService" = "s3.${bucket.region}.${var.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}"
      }
    }
  }

  key_policies = {
    for which, bucket in var.buckets : which => [
      {
        Sid       = "KeyStays"
        Effect    = "Deny"
        Principal = "*"
        Action    = local.key_endings
        Resource  = "*"
      },
      {
        # No kms:PutKeyPolicy for others, and for these no end of the key: the statement above is for them, too.
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = sort(bucket.administrator_arns) }
        Action = [
          "kms:CancelKeyDeletion",
          "kms:CreateAlias",
          "kms:DescribeKey",
          "kms:EnableKey",
          "kms:EnableKeyRotation",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListKeyPolicies",
          "kms:ListResourceTags",
          "kms:PutKeyPolicy",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateKeyDescription",
        ]
        Resource = "*"
      },
      {
        Sid       = "Write"
        Effect    = "Allow"
        Principal = { AWS = sort(setunion(var.writer_arns, var.checker_arns)) }
        Action    = "kms:GenerateDataKey"
        Resource  = "*"
        Condition = local.through_s3[which]
      },
      {
        Sid       = "Read"
        Effect    = "Allow"
        Principal = { AWS = sort(which == "first" ? setunion(local.readers, var.auditor_arns) : local.readers) }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = local.through_s3[which]
      },
    ]
  }
}
