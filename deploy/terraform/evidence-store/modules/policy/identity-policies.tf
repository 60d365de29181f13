# A bucket in another account wants both: its own policy, and one of the role that comes.
locals {
  listing = [
    {
      Sid       = "List"
      Effect    = "Allow"
      Action    = ["s3:ListBucket", "s3:ListBucketVersions"]
      Resource  = sort(values(local.arns))
      Condition = { StringLike = { "s3:prefix" = [for prefix in sort(keys(var.ledgers)) : "${prefix}/*"] } }
    },
    {
      Sid      = "ReadSettings"
      Effect   = "Allow"
      Action   = ["s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"]
      Resource = sort(values(local.arns))
    },
    {
      Sid      = "Read"
      Effect   = "Allow"
      Action   = local.read_actions
      Resource = sort(flatten(values(local.objects)))
    },
  ]

  # The keys of the two buckets, by their aliases.
  keys = [for which in ["first", "second"] : "arn:${var.partition}:kms:${var.buckets[which].region}:${var.buckets[which].account_id}:key/*"]
  by_alias = {
    "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = sort(values(local.key_aliases)) }
    StringEquals               = { "kms:ViaService" = sort(distinct([for which in ["first", "second"] : local.through_s3[which].StringEquals["kms:ViaService"]])) }
  }

  reading = concat(local.listing, [
    {
      Sid       = "Decrypt"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = local.keys
      Condition = local.by_alias
    },
  ])

  encrypting = {
    Sid       = "Encrypt"
    Effect    = "Allow"
    Action    = "kms:GenerateDataKey"
    Resource  = local.keys
    Condition = local.by_alias
  }

  writing = concat(local.reading, [
    local.encrypting,
    {
      Sid      = "Write"
      Effect   = "Allow"
      Action   = local.write_actions
      Resource = sort(flatten(values(local.objects)))
    },
  ])

  checking = concat(local.reading, [
    local.encrypting,
    {
      Sid      = "Check"
      Effect   = "Allow"
      Action   = local.check_actions
      Resource = sort(flatten(values(local.checked)))
    },
  ])

  # For the management account: what the policies of bucket and key refuse, their administrators could still change. This they cannot.
  guardrail = [
    merge({
      Sid      = "LocksStay"
      Effect   = "Deny"
      Action   = concat(local.lock_settings, ["s3:BypassGovernanceRetention"])
      Resource = sort(flatten([for arn in values(local.arns) : [arn, "${arn}/*"]]))
    }, length(local.unless_unlock) == 0 ? {} : { Condition = local.unless_unlock }),
    merge({
      Sid      = "NothingDeleted"
      Effect   = "Deny"
      Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ReplicateDelete"]
      Resource = sort(flatten([for arn in values(local.arns) : [for prefix in keys(var.ledgers) : [for folder in ["blobs", "daily_counts", "evidence", "exhibit.json", "fact", "keys", "log", "manifests"] : "${arn}/${prefix}/${folder}${folder == "exhibit.json" ? "" : "/*"}"]]]))
    }, length(local.unless_unlock) == 0 ? {} : { Condition = local.unless_unlock }),
    {
      Sid       = "KeysStay"
      Effect    = "Deny"
      Action    = ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"]
      Resource  = local.keys
      Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = sort(values(local.key_aliases)) } }
    },
    {
      # A key without its alias would not be known above.
      Sid      = "AliasesStay"
      Effect   = "Deny"
      Action   = ["kms:DeleteAlias", "kms:UpdateAlias"]
      Resource = [for which in ["first", "second"] : "arn:${var.partition}:kms:${var.buckets[which].region}:${var.buckets[which].account_id}:${local.key_aliases[which]}"]
    },
    {
      Sid      = "AccountsStay"
      Effect   = "Deny"
      Action   = ["account:CloseAccount", "organizations:LeaveOrganization"]
      Resource = "*"
    },
  ]
}
