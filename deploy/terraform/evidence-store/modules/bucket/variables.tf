variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "account_id" {
  description = "Account that it is to be in. Another one than that of the credentials ends the plan."
  type        = string
}

variable "bucket_policy" {
  description = "Policy of the bucket, as JSON."
  type        = string
}

variable "key_policy" {
  description = "Policy of its key, as JSON."
  type        = string
}

variable "key_alias" {
  description = "Alias of its key."
  type        = string
}

variable "object_lock" {
  description = "Default retention."
  type        = object({ mode = string, days = number })
}

variable "access_log_bucket" {
  description = "Bucket of the same account and region that keeps who asked what of this one."
  type        = string
}

variable "tags" {
  description = "Tags of bucket and key."
  type        = map(string)
  default     = {}
}
