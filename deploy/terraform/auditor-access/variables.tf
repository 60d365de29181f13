variable "engagement" {
  description = "Id of the engagement, part of the names of role and workgroup."
  type        = string
}

variable "framework" {
  description = "The one framework that is audited."
  type        = string
}

variable "period" {
  description = "First and last month that is audited, YYYY-MM, 36 months at most."
  type        = object({ from = string, to = string })
}

variable "not_before" {
  description = "From when on the role can be used: UTC, 2027-01-04T00:00:00Z."
  type        = string
}

variable "expires" {
  description = "When it ends, by itself: UTC, a year after not_before at most."
  type        = string
}

variable "auditor_arns" {
  description = "Roles or users, of the auditor's own account or of yours, that may take the role."
  type        = set(string)
}

variable "external_id" {
  description = "What whoever takes the role has to say with it; for an auditor whose tool takes roles of many customers."
  type        = string
  default     = ""
}

variable "bucket" {
  description = "The bucket that the auditor reads: name, account and region."
  type        = object({ name = string, account_id = string, region = string })
}

variable "prefix" {
  description = "Prefix of the one ledger that is audited."
  type        = string
}

variable "key_alias" {
  description = "Alias of the key of the bucket (evidence-store gives it)."
  type        = string
}

variable "database" {
  description = "Database of the framework (catalogue gives it)."
  type        = string
}

variable "partition" {
  description = "aws, aws-us-gov or aws-cn."
  type        = string
  default     = "aws"
}

variable "scanned_bytes" {
  description = "Most that one question may scan; Athena stops it then, and bills it."
  type        = number
  default     = 5368709120
}

variable "tags" {
  description = "Tags of role and workgroup."
  type        = map(string)
  default     = {}
}
