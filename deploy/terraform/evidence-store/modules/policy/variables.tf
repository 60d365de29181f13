variable "buckets" {
  description = "The two buckets, each in an account of its own: whoever owns an account can close it."
  type = object({
    first  = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
    second = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
  })

  validation {
    condition = alltrue([
      for bucket in [var.buckets.first, var.buckets.second] :
      can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", bucket.name))
    ])
    error_message = "A bucket has a name of 3 to 63 lower-case letters, digits and hyphens. A dot would break TLS."
  }

  validation {
    condition = alltrue([
      for bucket in [var.buckets.first, var.buckets.second] : can(regex("^[0-9]{12}$", bucket.account_id))
    ])
    error_message = "An account has 12 digits."
  }

  validation {
    condition = alltrue([
      for bucket in [var.buckets.first, var.buckets.second] : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", bucket.region))
    ])
    error_message = "Name the region, such as eu-west-1."
  }

  validation {
    condition     = var.buckets.first.account_id != var.buckets.second.account_id
    error_message = "The second bucket is in another account than the first: who can close one account must not hold both copies."
  }

  validation {
    condition     = var.buckets.first.name != var.buckets.second.name
    error_message = "The two buckets have different names."
  }

  # Nobody named would mean that nobody but the root user could ever mend the policy.
  validation {
    condition = alltrue([
      for bucket in [var.buckets.first, var.buckets.second] : length(bucket.administrator_arns) > 0 && alltrue([
        for arn in bucket.administrator_arns :
        can(regex("^arn:aws[a-z-]*:iam::${bucket.account_id}:(role|user)/[\\w+=,.@/-]+$", arn))
      ])
    ])
    error_message = "Each bucket has administrators: ARNs of roles or users of its own account, without wildcards. The one that Terraform runs as is among them."
  }
}

variable "partition" {
  description = "aws, aws-us-gov or aws-cn."
  type        = string
  default     = "aws"

  validation {
    condition     = contains(["aws", "aws-us-gov", "aws-cn"], var.partition)
    error_message = "Expected aws, aws-us-gov or aws-cn."
  }
}

variable "ledgers" {
  description = "Prefix in the buckets => origin of the ledger that is copied there. The same in both buckets."
  type        = map(string)

  validation {
    condition     = length(var.ledgers) > 0 && alltrue([for prefix in keys(var.ledgers) : can(regex("^[A-Za-z0-9_+=@-][A-Za-z0-9_.+=@-]*$", prefix))])
    error_message = "Name at least one prefix, of letters, digits and _.+=@-, without a slash."
  }

  validation {
    condition     = alltrue([for origin in values(var.ledgers) : can(regex("^[^\\s+]{1,255}$", origin))])
    error_message = "An origin is that of `exhibit ledger init --origin`."
  }
}

variable "writer_arns" {
  description = "Roles that run `exhibit store copy`."
  type        = set(string)

  validation {
    condition     = length(var.writer_arns) > 0 && alltrue([for arn in var.writer_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", arn))])
    error_message = "Name at least one role or user by its ARN, without wildcards."
  }
}

variable "reader_arns" {
  description = "Roles that verify what is there (`exhibit ledger verify s3://...`). They read whole ledgers; an auditor of one framework has the module auditor-access."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.reader_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", arn))])
    error_message = "Name roles or users by their ARN, without wildcards."
  }
}

variable "auditor_arns" {
  description = "Roles of the module auditor-access, in the account of the first bucket: they may decrypt, and read what their own policies say."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.auditor_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Name roles by their ARN, without wildcards."
  }
}

variable "checker_arns" {
  description = "Roles that run `exhibit store check`: they may delete below exhibit-check/, and so can show that the lock refuses it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.checker_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", arn))])
    error_message = "Name roles or users by their ARN, without wildcards."
  }
}

variable "unlock_arns" {
  description = "Who may shorten locks, delete and change the lock of a bucket. Nobody by default. No writer."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.unlock_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", arn))])
    error_message = "Name roles or users by their ARN, without wildcards."
  }
}

variable "retention_days" {
  description = "Days that each object is locked, from when it is written."
  type        = number

  validation {
    condition     = var.retention_days >= 30 && var.retention_days <= 36500 && floor(var.retention_days) == var.retention_days
    error_message = "Expected 30 to 36500 days."
  }
}

variable "lock_mode" {
  description = "GOVERNANCE: who is named in unlock_arns can undo it. COMPLIANCE: nobody can, not even the owner of the account."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.lock_mode)
    error_message = "Expected GOVERNANCE or COMPLIANCE."
  }
}

variable "acknowledge_irreversible" {
  description = "Needed for COMPLIANCE: what is written then stays, and is paid for, until its days are over."
  type        = bool
  default     = false
}
