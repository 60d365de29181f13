variable "buckets" {
  description = "The two buckets, each in an account of its own. Its administrators are the roles or users of that account which may change its settings; the one that Terraform runs as is among them."
  type = object({
    first  = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
    second = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
  })
}

variable "access_log_buckets" {
  description = "For each of the two a bucket of the same account and region that keeps who asked what of it."
  type        = object({ first = string, second = string })
}

variable "partition" {
  description = "aws, aws-us-gov or aws-cn."
  type        = string
  default     = "aws"
}

variable "ledgers" {
  description = "Prefix in the buckets => origin of the ledger that is copied there."
  type        = map(string)
}

variable "writer_arns" {
  description = "Roles that run `exhibit store copy`."
  type        = set(string)
}

variable "reader_arns" {
  description = "Roles that run `exhibit ledger verify`. They read whole ledgers."
  type        = set(string)
  default     = []
}

variable "auditor_arns" {
  description = "Roles of the module auditor-access: they may decrypt, and read what their own policies say."
  type        = set(string)
  default     = []
}

variable "checker_arns" {
  description = "Roles that run `exhibit store check`."
  type        = set(string)
  default     = []
}

variable "unlock_arns" {
  description = "Who may shorten locks, delete, and change the lock of a bucket. Nobody by default."
  type        = set(string)
  default     = []
}

variable "retention_days" {
  description = "Days that each object is locked, from when it is written."
  type        = number
}

variable "lock_mode" {
  description = "GOVERNANCE, or COMPLIANCE, which nobody can undo."
  type        = string
  default     = "GOVERNANCE"
}

variable "acknowledge_irreversible" {
  description = "Needed for COMPLIANCE."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of buckets and keys."
  type        = map(string)
  default     = {}
}
