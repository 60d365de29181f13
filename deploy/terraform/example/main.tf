module "drift_feeds" {
  source    = "../drift-feeds"
  providers = { aws = aws.first }

  account_id = var.buckets.first.account_id
  region     = var.buckets.first.region
  alarm_arns = var.alarm_arns
}

module "server" {
  source    = "../server"
  providers = { aws = aws.first }

  account_id      = var.buckets.first.account_id
  host_names      = var.host_names
  bundles         = var.bundles
  oidc            = var.oidc
  queues          = module.drift_feeds.server_queues
  receiver_policy = module.drift_feeds.receiver_policy
  writer_policy   = module.evidence_store.writer_policy
  copy_commands   = module.evidence_store.copy_commands
  ledger          = "prod"
  ami_id          = var.ami_id
  vpc_id          = var.vpc_id
  subnet_id       = var.subnet_id
  caller_cidrs    = var.caller_cidrs
  egress_cidrs    = var.egress_cidrs
  volume_key_arn  = var.volume_key_arn
}

module "evidence_store" {
  source    = "../evidence-store"
  providers = { aws.first = aws.first, aws.second = aws.second }

  buckets            = var.buckets
  access_log_buckets = var.access_log_buckets
  ledgers            = { prod = var.origin }
  writer_arns        = [module.server.role_arn]
  auditor_arns       = [module.auditor_access.role_arn]
  retention_days     = var.retention_days
}

module "catalogue" {
  source    = "../catalogue"
  providers = { aws = aws.first }

  bucket     = var.buckets.first.name
  prefix     = "prod"
  frameworks = var.frameworks
  first_year = 2026
  last_year  = 2040
}

module "auditor_access" {
  source    = "../auditor-access"
  providers = { aws = aws.first }

  engagement   = "soc2-2026"
  framework    = "soc2"
  period       = { from = "2026-01", to = "2026-12" }
  not_before   = "2027-01-04T00:00:00Z"
  expires      = "2027-03-31T23:59:59Z"
  auditor_arns = var.auditor_arns
  bucket = {
    name       = var.buckets.first.name
    account_id = var.buckets.first.account_id
    region     = var.buckets.first.region
  }
  prefix    = "prod"
  key_alias = module.evidence_store.key_aliases.first
  database  = module.catalogue.database_of["soc2"]
}

output "service_control_policy" {
  description = "For the management account: attach it to both accounts."
  value       = module.evidence_store.service_control_policy
}

output "settings" {
  description = "The server's configuration."
  value       = module.server.settings
}

output "auditor_role" {
  description = "What the auditor takes."
  value       = module.auditor_access.role_arn
}
