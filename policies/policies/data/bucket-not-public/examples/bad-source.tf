resource "aws_s3_bucket" "site" {
  bucket = "shop-site"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

resource "google_storage_bucket" "exports" {
  name                     = "shop-exports"
  location                 = "EU"
  public_access_prevention = "inherited"
}
