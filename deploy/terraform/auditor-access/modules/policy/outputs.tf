output "role_name" {
  description = "Name of the role."
  value       = local.workgroup
}

output "role_arn" {
  description = "ARN of the role, known before it is made."
  value       = "arn:${var.partition}:iam::${var.bucket.account_id}:role/${local.workgroup}"
}

output "workgroup" {
  description = "Name of the workgroup of the engagement."
  value       = local.workgroup
}

output "trust_policy" {
  description = "Who may take the role, and until when, as JSON."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.trust })

  precondition {
    condition     = local.in_order
    error_message = "The engagement ends before it begins."
  }

  precondition {
    condition     = local.not_long
    error_message = "An engagement lasts a year at most. Make another one then."
  }
}

output "permissions" {
  description = "What the role may, as JSON: both its policy and the boundary of whatever else is attached to it."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.permissions })

  precondition {
    condition     = local.bounded
    error_message = "A period has 1 to 36 months, and ends after it begins."
  }

  precondition {
    condition     = length(jsonencode({ Version = "2012-10-17", Statement = local.permissions })) <= 6144
    error_message = "A managed policy has at most 6,144 characters: choose a shorter period, or one of whole years."
  }
}
