output "bucket_arns" {
  description = "ARNs of the two buckets."
  value       = { first = module.first.arn, second = module.second.arn }
}

output "key_arns" {
  description = "ARNs of their keys."
  value       = { first = module.first.key_arn, second = module.second.key_arn }
}

output "key_aliases" {
  description = "Aliases of their keys."
  value       = module.policy.key_aliases
}

output "writer_policy" {
  description = "For the role that runs `exhibit store copy`, as JSON. The module server takes it."
  value       = module.policy.writer_policy
}

output "reader_policy" {
  description = "For a role that runs `exhibit ledger verify`, as JSON."
  value       = module.policy.reader_policy
}

output "checker_policy" {
  description = "For the role that runs `exhibit store check`, as JSON."
  value       = module.policy.checker_policy
}

output "service_control_policy" {
  description = "For the management account of the organisation, as JSON: attach it to both accounts."
  value       = module.policy.service_control_policy
}

output "copy_commands" {
  description = "What the writer runs each night, for each ledger. The module server takes it."
  value       = module.policy.copy_commands
}
