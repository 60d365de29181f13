output "database_of" {
  description = "Framework => its database. The module auditor-access takes it."
  value       = module.tables.database_of
}

output "workgroup" {
  description = "Workgroup of engineers."
  value       = aws_athena_workgroup.this.name
}

output "lf_tag" {
  description = "Key of the tag by which Lake Formation knows a framework."
  value       = aws_lakeformation_lf_tag.framework.key
}
