variable "buckets" {
  description = "The two buckets of the evidence, each in an account of its own."
  type = object({
    first  = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
    second = object({ name = string, account_id = string, region = string, administrator_arns = set(string) })
  })
}

variable "access_log_buckets" {
  description = "For each of the two a bucket that keeps who asked what of it."
  type        = object({ first = string, second = string })
}

variable "origin" {
  description = "Origin of the ledger: that of `exhibit ledger init --origin`."
  type        = string
}

variable "retention_days" {
  description = "Days that the evidence is locked."
  type        = number
}

variable "frameworks" {
  description = "Framework => its controls."
  type        = map(set(string))
}

variable "auditor_arns" {
  description = "Who may take the role of the auditor."
  type        = set(string)
}

variable "host_names" {
  description = "Names of the server."
  type        = list(string)
}

variable "bundles" {
  description = "Bundles that the server serves."
  type = list(object({
    name   = string
    bucket = string
    key    = string
    region = string
    keys   = map(string)
  }))
}

variable "oidc" {
  description = "Who is let in by tokens of whom."
  type = list(object({
    issuer   = string
    audience = string
    grants = list(object({
      claims   = map(string)
      roles    = list(string)
      emitters = optional(list(string), [])
    }))
  }))
}

variable "alarm_arns" {
  description = "Topics that are told when events wait."
  type        = set(string)
}

variable "ami_id" {
  description = "Image with Exhibit."
  type        = string
}

variable "vpc_id" {
  description = "Network of the server."
  type        = string
}

variable "subnet_id" {
  description = "A private subnet of it."
  type        = string
}

variable "caller_cidrs" {
  description = "Networks of those who call."
  type        = set(string)
}

variable "egress_cidrs" {
  description = "Where the server may go to by HTTPS."
  type        = set(string)
}

variable "volume_key_arn" {
  description = "Key of the disk of the evidence."
  type        = string
}
