output "bucket_policies" {
  description = "Policy of each bucket, as JSON."
  value = {
    for which in ["first", "second"] : which => jsonencode({
      Version   = "2012-10-17"
      Statement = concat(local.denials[which], local.grants[which])
    })
  }

  precondition {
    condition     = var.lock_mode != "COMPLIANCE" || var.acknowledge_irreversible
    error_message = "COMPLIANCE cannot be undone by anybody: it wants acknowledge_irreversible = true."
  }

  precondition {
    condition     = length(setintersection(var.unlock_arns, setunion(var.writer_arns, var.checker_arns))) == 0
    error_message = "Whoever writes or checks cannot also be the one who unlocks."
  }
}

output "key_policies" {
  description = "Policy of the key of each bucket, as JSON."
  value = {
    for which in ["first", "second"] : which => jsonencode({
      Version   = "2012-10-17"
      Statement = local.key_policies[which]
    })
  }
}

output "key_aliases" {
  description = "Alias of the key of each bucket. The policies of roles know the keys by them."
  value       = local.key_aliases
}

output "writer_policy" {
  description = "For the role that runs `exhibit store copy`, as JSON."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.writing })
}

output "reader_policy" {
  description = "For a role that runs `exhibit ledger verify`, as JSON."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.reading })
}

output "checker_policy" {
  description = "For the role that runs `exhibit store check`, as JSON."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.checking })
}

output "service_control_policy" {
  description = "For the management account of the organisation, as JSON: to be attached to both accounts."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.guardrail })

  precondition {
    condition     = length(jsonencode({ Version = "2012-10-17", Statement = local.guardrail })) <= 5120
    error_message = "A service control policy has at most 5,120 characters: make buckets of their own for some of the ledgers."
  }
}

output "object_lock" {
  description = "Default retention of both buckets."
  value       = { mode = var.lock_mode, days = var.retention_days }

  precondition {
    condition     = var.lock_mode != "COMPLIANCE" || var.acknowledge_irreversible
    error_message = "COMPLIANCE cannot be undone by anybody: it wants acknowledge_irreversible = true."
  }
}

output "copy_commands" {
  description = "To be run each night by the writer, for each ledger: EVIDENCE is its folder."
  value = {
    for prefix in keys(var.ledgers) : prefix => [
      for which in ["first", "second"] : join(" ", compact([
        "exhibit store copy EVIDENCE s3://${var.buckets[which].name}/${prefix}",
        "--region ${var.buckets[which].region} --lock-days ${var.retention_days}",
        var.lock_mode == "COMPLIANCE" ? "--lock-mode compliance --acknowledge-irreversible" : "",
      ]))
    ]
  }
}
