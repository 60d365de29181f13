# Said before the role is made, and read after: a plan of evidence-store, which wants it, shows whole policies.
output "role_arn" {
  description = "ARN of the role. The module evidence-store wants it among writer_arns."
  value       = "arn:${var.partition}:iam::${var.account_id}:role/${var.name}"
  depends_on  = [aws_iam_role.this]
}

output "instance_id" {
  description = "The machine."
  value       = aws_instance.this.id
}

output "settings" {
  description = "The server's configuration, YAML."
  value       = module.settings.settings
}

output "nightly" {
  description = "Script that closes the day and copies the evidence."
  value       = module.settings.nightly
}
