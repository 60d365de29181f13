output "databases" {
  description = "Database => the one framework that is in it; none for the database that has all of them."
  value = merge(
    { (var.name) = "" },
    { for framework, database in local.database_of : database => framework },
  )
}

output "database_of" {
  description = "Framework => its database."
  value       = local.database_of
}

output "tables" {
  description = "Tables by database and name, as Glue takes them."
  value       = merge(local.evidence, local.across)

  precondition {
    condition     = var.first_year <= var.last_year
    error_message = "The last year is before the first: every query would find nothing, and say nothing of it."
  }
}
