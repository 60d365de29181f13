variable "bucket" {
  description = "Bucket that the lake is copied to."
  type        = string
}

variable "prefix" {
  description = "Prefix of the ledger in it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=@-][A-Za-z0-9_.+=@-]*$", var.prefix))
    error_message = "A prefix has letters, digits and _.+=@-, and no slash."
  }
}

variable "frameworks" {
  description = "Framework => its controls, as `exhibit query` and the keys of the lake name them. A control that is missing here is missing in every answer."
  type        = map(set(string))

  validation {
    condition     = length(var.frameworks) > 0 && alltrue([for framework, controls in var.frameworks : can(regex("^[a-z0-9][a-z0-9._-]{0,63}$", framework)) && length(controls) > 0])
    error_message = "Name at least one framework, such as soc2, each with its controls."
  }

  validation {
    condition     = alltrue(flatten([for controls in values(var.frameworks) : [for control in controls : can(regex("^[a-z0-9][a-z0-9._-]{0,63}$", control))]]))
    error_message = "A control has lower-case letters, digits and ._-, such as cc6.1, without its framework."
  }

  validation {
    condition     = length(distinct([for framework in keys(var.frameworks) : replace(framework, "/[^a-z0-9]/", "_")])) == length(var.frameworks)
    error_message = "Two frameworks would get one database: their names differ in their signs alone."
  }
}

variable "first_year" {
  description = "First year that has evidence. What lies outside of the years is not found, and no query says so."
  type        = number

  validation {
    condition     = var.first_year >= 2000 && var.first_year <= 2999 && floor(var.first_year) == var.first_year
    error_message = "Expected a year of four digits."
  }
}

variable "last_year" {
  description = "Last year that queries look at: choose one that is far enough."
  type        = number

  validation {
    condition     = var.last_year >= 2000 && var.last_year <= 2999 && floor(var.last_year) == var.last_year
    error_message = "Expected a year of four digits."
  }
}

variable "name" {
  description = "First part of the names of databases."
  type        = string
  default     = "exhibit"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,31}$", var.name))
    error_message = "A database is named by lower-case letters, digits and _."
  }
}
