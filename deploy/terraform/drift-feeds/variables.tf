variable "account_id" {
  description = "Account that the feeds are in."
  type        = string
}

variable "region" {
  description = "Region that the feeds are in: the services tell of their own region alone."
  type        = string
}

variable "partition" {
  description = "aws, aws-us-gov or aws-cn."
  type        = string
  default     = "aws"
}

variable "name" {
  description = "First part of the names of rules and queues."
  type        = string
  default     = "exhibit"
}

variable "feeds" {
  description = "What is told: config (changes of compliance), guardduty, security-hub, guardrails (calls that a service control policy refused)."
  type        = set(string)
  default     = ["config", "guardduty", "security-hub"]
}

variable "alarm_arns" {
  description = "Topics that are told when events wait for an hour, or cannot be read. Without one there are no alarms."
  type        = set(string)
  default     = []
}

variable "tags" {
  description = "Tags of queues, rules and alarms."
  type        = map(string)
  default     = {}
}
