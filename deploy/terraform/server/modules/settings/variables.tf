variable "host_names" {
  description = "Names by which the server is asked; its own certificate is for them."
  type        = list(string)

  validation {
    condition     = length(var.host_names) > 0 && alltrue([for name in var.host_names : can(regex("^[a-z0-9.-]+$", name))])
    error_message = "Name at least one DNS name, in lower case."
  }
}

variable "port" {
  description = "Port that it listens on, with TLS."
  type        = number
  default     = 8420

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "Expected a port from 1024 on: the server has no right to lower ones."
  }
}

variable "emitter" {
  description = "Name of the records that the server itself makes."
  type        = string
  default     = "exhibit@aws"
}

variable "bundles" {
  description = "Signed bundles that it serves, as objects of S3, and the public keys (PEM) of which one must have signed each."
  type = list(object({
    name   = string
    bucket = string
    key    = string
    region = string
    keys   = map(string)
  }))
  default = []

  validation {
    condition     = alltrue([for bundle in var.bundles : length(bundle.keys) > 0 && alltrue([for text in values(bundle.keys) : startswith(trimspace(text), "-----BEGIN PUBLIC KEY-----")])])
    error_message = "Each bundle has public keys in PEM, by their name. A private key does not belong here."
  }

  validation {
    condition     = alltrue(flatten([for bundle in var.bundles : [for name in concat([bundle.name], keys(bundle.keys)) : can(regex("^[A-Za-z0-9_-]+$", name))]]))
    error_message = "Bundles and keys are named by letters, digits, - and _."
  }

  validation {
    condition     = alltrue([for bundle in var.bundles : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", bundle.bucket)) && !strcontains(bundle.key, "*") && bundle.key != ""])
    error_message = "A bundle is one object of one bucket."
  }
}

variable "oidc" {
  description = "Who is let in by tokens of whom: `auth.oidc` of the server's configuration."
  type = list(object({
    issuer   = string
    audience = string
    grants = list(object({
      claims   = map(string)
      roles    = list(string)
      emitters = optional(list(string), [])
    }))
  }))
  default = []
}

variable "queues" {
  description = "`events.queues` of the server's configuration; the module drift-feeds gives it."
  type = list(object({
    name    = string
    url     = string
    region  = string
    emitter = string
    format  = string
  }))
  default = []
}

variable "copy_commands" {
  description = "Prefix => commands; the module evidence-store gives them. One of its ledgers is that of this server."
  type        = map(list(string))
  default     = {}
}

variable "ledger" {
  description = "Prefix of the ledger of this server in the buckets."
  type        = string
  default     = ""
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
