output "role_arn" {
  description = "What the auditor takes. The module evidence-store wants it among auditor_arns."
  value       = module.policy.role_arn
  depends_on  = [aws_iam_role.this]
}

output "workgroup" {
  description = "Where the auditor asks."
  value       = aws_athena_workgroup.this.name
}

output "permissions" {
  description = "What the role may, as JSON."
  value       = module.policy.permissions
}
