variable "host_names" {
  description = "Names by which the server is asked; its own certificate is for them."
  type        = list(string)
}

variable "port" {
  description = "Port that it listens on, with TLS."
  type        = number
  default     = 8420
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
}

variable "name" {
  description = "Name of role, profile, security group and machine."
  type        = string
  default     = "exhibit-server"
}

variable "account_id" {
  description = "Account that the server is in."
  type        = string
}

variable "writer_policy" {
  description = "What the role may in the buckets of the evidence, as JSON; the module evidence-store gives it. Empty: nothing is copied."
  type        = string
  default     = ""
}

variable "receiver_policy" {
  description = "What the role may with the queues, as JSON; the module drift-feeds gives it. Empty: none."
  type        = string
  default     = ""
}

variable "ami_id" {
  description = "Image that has Exhibit, the user exhibit and the unit of deploy/systemd. Its devices are named as EC2 names them (/dev/sdf), as those of Amazon Linux are."
  type        = string
}

variable "instance_type" {
  description = "Two cores and 4 GB: what docs/performance.md measures is on two cores."
  type        = string
  default     = "t3.medium"
}

variable "vpc_id" {
  description = "Network of the server."
  type        = string
}

variable "subnet_id" {
  description = "A private subnet, with a way to S3 and SQS."
  type        = string
}

variable "caller_cidrs" {
  description = "Networks of those who call: no whole internet."
  type        = set(string)

  validation {
    condition     = alltrue([for cidr in var.caller_cidrs : can(cidrnetmask(cidr)) && tonumber(split("/", cidr)[1]) >= 8])
    error_message = "Expected IPv4 networks such as 10.0.0.0/16, /8 at most."
  }
}

variable "egress_cidrs" {
  description = "Where the server may go to by HTTPS. Narrow it where S3 and SQS have endpoints in the network."
  type        = set(string)
}

variable "volume_gigabytes" {
  description = "Disk of the evidence: log and lake of a million records take about half a gigabyte, stored inputs come on top."
  type        = number
  default     = 100
}

variable "volume_key_arn" {
  description = "Key of that disk."
  type        = string
}

variable "session_manager" {
  description = "A shell by Session Manager. Otherwise there is none."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of all of it."
  type        = map(string)
  default     = {}
}
