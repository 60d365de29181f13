variable "account_id" {
  description = "Account that the feeds are in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account has 12 digits."
  }
}

variable "region" {
  description = "Region that the feeds are in: the services tell of their own region alone."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "Name the region, such as eu-west-1."
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

variable "name" {
  description = "First part of the names of rules and queues."
  type        = string
  default     = "exhibit"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.name))
    error_message = "A name has lower-case letters, digits and hyphens, 32 at most."
  }
}

variable "feeds" {
  description = "What is told: config (changes of compliance), guardduty, security-hub, guardrails (calls that a service control policy refused)."
  type        = set(string)
  default     = ["config", "guardduty", "security-hub"]

  validation {
    condition     = length(var.feeds) > 0 && length(setsubtract(var.feeds, ["config", "guardduty", "security-hub", "guardrails"])) == 0
    error_message = "Expected config, guardduty, security-hub or guardrails."
  }
}
