# No provider: what this module says can be computed, and tested, without an account.
terraform {
  required_version = ">= 1.6.0"
}
