locals {
  bucket    = "arn:${var.partition}:s3:::${var.bucket.name}"
  root      = "${local.bucket}/${var.prefix}"
  here      = "${var.bucket.region}:${var.bucket.account_id}"
  workgroup = "exhibit-audit-${var.engagement}"

  # Whole years where the period has them: a policy is short.
  first = { year = tonumber(substr(var.period.from, 0, 4)), month = tonumber(substr(var.period.from, 5, 2)) }
  last  = { year = tonumber(substr(var.period.to, 0, 4)), month = tonumber(substr(var.period.to, 5, 2)) }
  length = (
    (local.last.year - local.first.year) * 12 + local.last.month - local.first.month + 1
  )
  # Nothing where the period is the wrong way round: the outputs say so.
  years = local.length < 1 || local.length > 36 ? [] : range(local.first.year, local.last.year + 1)
  parts = flatten([
    for year in local.years : (year > local.first.year || local.first.month == 1) && (year < local.last.year || local.last.month == 12) ? ["year=${year}"] : [
      for month in range(year == local.first.year ? local.first.month : 1, (year == local.last.year ? local.last.month : 12) + 1) :
      format("year=%d/month=%02d", year, month)
    ]
  ])
  evidence = [for part in local.parts : "evidence/${var.framework}/*/${part}/*"]

  # What proves that a row is in the log, without the records of others: hashes, checkpoint and keys. Six levels are enough for 256^6 records.
  proof = concat(
    ["exhibit.json", "keys/*", "log/checkpoint", "manifests/*"],
    [for level in range(6) : "log/tile/${level}/*"],
  )

  time_box = {
    DateGreaterThan = { "aws:CurrentTime" = var.not_before }
    DateLessThan    = { "aws:CurrentTime" = var.expires }
  }

  permissions = [
    {
      Sid       = "ReadEvidence"
      Effect    = "Allow"
      Action    = ["s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectVersion"]
      Resource  = [for key in concat(local.evidence, local.proof) : "${local.root}/${key}"]
      Condition = local.time_box
    },
    {
      Sid      = "List"
      Effect   = "Allow"
      Action   = ["s3:ListBucket", "s3:ListBucketVersions"]
      Resource = local.bucket
      Condition = merge(local.time_box, {
        StringLike = { "s3:prefix" = [for key in concat(local.evidence, local.proof) : "${var.prefix}/${key}"] }
      })
    },
    {
      Sid       = "ReadSettings"
      Effect    = "Allow"
      Action    = ["s3:GetBucketLocation", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"]
      Resource  = local.bucket
      Condition = local.time_box
    },
    {
      Sid      = "Decrypt"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:${var.partition}:kms:${local.here}:key/*"
      Condition = merge(local.time_box, {
        "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = var.key_alias }
        StringEquals               = { "kms:ViaService" = "s3.${var.bucket.region}.${var.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}" }
      })
    },
    {
      Sid    = "ReadTable"
      Effect = "Allow"
      Action = ["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"]
      Resource = [
        "arn:${var.partition}:glue:${local.here}:catalog",
        "arn:${var.partition}:glue:${local.here}:database/${var.database}",
        "arn:${var.partition}:glue:${local.here}:table/${var.database}/evidence",
      ]
      Condition = local.time_box
    },
    {
      Sid    = "Ask"
      Effect = "Allow"
      Action = [
        "athena:BatchGetQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetQueryResultsStream",
        "athena:GetWorkGroup",
        "athena:ListQueryExecutions",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ]
      Resource  = "arn:${var.partition}:athena:${local.here}:workgroup/${local.workgroup}"
      Condition = local.time_box
    },
    {
      # What the table is, which `exhibit query --engine athena` compares with the log. It shows no row.
      Sid       = "LookAtTable"
      Effect    = "Allow"
      Action    = "athena:GetTableMetadata"
      Resource  = "arn:${var.partition}:athena:${local.here}:datacatalog/AwsDataCatalog"
      Condition = local.time_box
    },
    {
      # It gives no more than Lake Formation grants to this role.
      Sid       = "AskLakeFormation"
      Effect    = "Allow"
      Action    = "lakeformation:GetDataAccess"
      Resource  = "*"
      Condition = local.time_box
    },
    {
      # Whatever else is ever attached to the role.
      Sid       = "Over"
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { DateGreaterThanEquals = { "aws:CurrentTime" = var.expires } }
    },
  ]

  trust = [
    {
      Sid       = "Take"
      Effect    = "Allow"
      Principal = { AWS = sort(var.auditor_arns) }
      Action    = "sts:AssumeRole"
      Condition = merge(local.time_box, var.external_id == "" ? {} : { StringEquals = { "sts:ExternalId" = var.external_id } })
    },
  ]

  # Both are UTC and of the same form, so they compare as texts do.
  in_order = sort([var.not_before, var.expires])[0] == var.not_before && var.not_before != var.expires
  not_long = sort([var.expires, timeadd(var.not_before, "8784h")])[0] == var.expires
  bounded  = local.length >= 1 && local.length <= 36
}
