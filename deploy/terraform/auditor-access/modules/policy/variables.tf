variable "engagement" {
  description = "Id of the engagement, part of the names of role and workgroup."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,39}$", var.engagement))
    error_message = "An engagement has letters, digits and hyphens, 40 at most."
  }
}

variable "framework" {
  description = "The one framework that is audited."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{0,63}$", var.framework))
    error_message = "Name one framework, such as soc2."
  }
}

variable "period" {
  description = "First and last month that is audited, YYYY-MM, 36 months at most."
  type        = object({ from = string, to = string })

  validation {
    condition     = alltrue([for month in [var.period.from, var.period.to] : can(regex("^2[0-9]{3}-(0[1-9]|1[0-2])$", month))])
    error_message = "Expected months such as 2026-01."
  }
}

variable "not_before" {
  description = "From when on the role can be used: UTC, 2027-01-04T00:00:00Z."
  type        = string

  validation {
    condition     = can(regex("^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.not_before)) && can(timeadd(var.not_before, "0s"))
    error_message = "Expected a time in UTC, such as 2027-01-04T00:00:00Z."
  }
}

variable "expires" {
  description = "When it ends, by itself: UTC, a year after not_before at most."
  type        = string

  validation {
    condition     = can(regex("^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.expires)) && can(timeadd(var.expires, "0s"))
    error_message = "Expected a time in UTC, such as 2027-03-31T23:59:59Z."
  }
}

variable "auditor_arns" {
  description = "Roles or users, of the auditor's own account or of yours, that may take the role."
  type        = set(string)

  validation {
    condition     = length(var.auditor_arns) > 0 && alltrue([for arn in var.auditor_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\\w+=,.@/-]+$", arn))])
    error_message = "Name at least one role or user by its ARN: no account as a whole, and no wildcard."
  }
}

variable "external_id" {
  description = "What whoever takes the role has to say with it; for an auditor whose tool takes roles of many customers."
  type        = string
  default     = ""

  validation {
    condition     = var.external_id == "" || can(regex("^[\\w+=,.@:/-]{2,512}$", var.external_id))
    error_message = "An external id has 2 to 512 letters, digits and +=,.@:/-."
  }
}

variable "bucket" {
  description = "The bucket that the auditor reads: name, account and region."
  type        = object({ name = string, account_id = string, region = string })

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket.name)) && can(regex("^[0-9]{12}$", var.bucket.account_id)) && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.bucket.region))
    error_message = "Expected the name of a bucket, an account of 12 digits and a region."
  }
}

variable "prefix" {
  description = "Prefix of the one ledger that is audited."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=@-][A-Za-z0-9_.+=@-]*$", var.prefix))
    error_message = "A prefix has letters, digits and _.+=@-, and no slash."
  }
}

variable "key_alias" {
  description = "Alias of the key of the bucket (evidence-store gives it)."
  type        = string

  validation {
    condition     = can(regex("^alias/[A-Za-z0-9/_-]+$", var.key_alias))
    error_message = "Expected alias/NAME."
  }
}

variable "database" {
  description = "Database of the framework (catalogue gives it)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,127}$", var.database))
    error_message = "A database is named by lower-case letters, digits and _."
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
