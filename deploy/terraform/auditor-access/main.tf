module "policy" {
  source = "./modules/policy"

  engagement   = var.engagement
  framework    = var.framework
  period       = var.period
  not_before   = var.not_before
  expires      = var.expires
  auditor_arns = var.auditor_arns
  external_id  = var.external_id
  bucket       = var.bucket
  prefix       = var.prefix
  key_alias    = var.key_alias
  database     = var.database
  partition    = var.partition
}

resource "aws_iam_policy" "this" {
  name        = module.policy.role_name
  description = "Engagement ${var.engagement}: reads evidence for ${var.framework} until ${var.expires}"
  policy      = module.policy.permissions
  tags        = var.tags
}

# The boundary is the same policy: whatever else somebody attaches to the role gives nothing.
resource "aws_iam_role" "this" {
  name                 = module.policy.role_name
  description          = "Auditor of engagement ${var.engagement}, until ${var.expires}"
  assume_role_policy   = module.policy.trust_policy
  permissions_boundary = aws_iam_policy.this.arn
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

# Results are kept by Athena for a day: the role writes nothing, and needs no bucket.
resource "aws_athena_workgroup" "this" {
  name        = module.policy.workgroup
  description = "Questions of engagement ${var.engagement}"
  tags        = var.tags

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scanned_bytes

    managed_query_results_configuration {
      enabled = true
    }
  }
}

resource "aws_lakeformation_permissions" "database" {
  principal   = aws_iam_role.this.arn
  permissions = ["DESCRIBE"]

  database {
    name = var.database
  }
}

resource "aws_lakeformation_permissions" "table" {
  principal   = aws_iam_role.this.arn
  permissions = ["DESCRIBE", "SELECT"]

  table {
    database_name = var.database
    name          = "evidence"
  }
}
