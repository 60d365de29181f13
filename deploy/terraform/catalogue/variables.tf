variable "bucket" {
  description = "Bucket that the lake is copied to."
  type        = string
}

variable "prefix" {
  description = "Prefix of the ledger in it."
  type        = string
}

variable "frameworks" {
  description = "Framework => its controls. A control that is missing here is missing in every answer."
  type        = map(set(string))
}

variable "first_year" {
  description = "First year that has evidence."
  type        = number
}

variable "last_year" {
  description = "Last year that queries look at: choose one that is far enough."
  type        = number
}

variable "name" {
  description = "First part of the names of databases, and name of the workgroup."
  type        = string
  default     = "exhibit"
}

variable "scanned_bytes" {
  description = "Most that one question may scan; Athena stops it then, and bills it."
  type        = number
  default     = 5368709120
}

variable "tags" {
  description = "Tags of databases and workgroup."
  type        = map(string)
  default     = {}
}
