resource "aws_db_instance" "orders" {
  identifier          = "orders"
  instance_class      = var.instance_class
  engine              = "postgres"
  allocated_storage   = 100
  storage_encrypted   = true
  kms_key_id          = aws_kms_key.data.arn
  username            = "orders_owner"
  deletion_protection = true

  tags = {
    Environment = "production"
  }
}

# DynamoDB encrypts every table.
resource "aws_dynamodb_table" "carts" {
  name         = "${var.stage}-carts"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_opensearch_domain" "search" {
  domain_name = "search"

  encrypt_at_rest {
    enabled = true
  }
}
