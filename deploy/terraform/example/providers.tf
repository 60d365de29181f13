# One for each account. allowed_account_ids ends a plan that has the credentials of another one.
provider "aws" {
  alias               = "first"
  region              = var.buckets.first.region
  allowed_account_ids = [var.buckets.first.account_id]
}

provider "aws" {
  alias               = "second"
  region              = var.buckets.second.region
  allowed_account_ids = [var.buckets.second.account_id]
}
