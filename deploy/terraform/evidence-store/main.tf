module "policy" {
  source = "./modules/policy"

  partition                = var.partition
  buckets                  = var.buckets
  ledgers                  = var.ledgers
  writer_arns              = var.writer_arns
  reader_arns              = var.reader_arns
  auditor_arns             = var.auditor_arns
  checker_arns             = var.checker_arns
  unlock_arns              = var.unlock_arns
  retention_days           = var.retention_days
  lock_mode                = var.lock_mode
  acknowledge_irreversible = var.acknowledge_irreversible
}

module "first" {
  source    = "./modules/bucket"
  providers = { aws = aws.first }

  name              = var.buckets.first.name
  account_id        = var.buckets.first.account_id
  bucket_policy     = module.policy.bucket_policies.first
  key_policy        = module.policy.key_policies.first
  key_alias         = module.policy.key_aliases.first
  object_lock       = module.policy.object_lock
  access_log_bucket = var.access_log_buckets.first
  tags              = var.tags
}

module "second" {
  source    = "./modules/bucket"
  providers = { aws = aws.second }

  name              = var.buckets.second.name
  account_id        = var.buckets.second.account_id
  bucket_policy     = module.policy.bucket_policies.second
  key_policy        = module.policy.key_policies.second
  key_alias         = module.policy.key_aliases.second
  object_lock       = module.policy.object_lock
  access_log_bucket = var.access_log_buckets.second
  tags              = var.tags
}
