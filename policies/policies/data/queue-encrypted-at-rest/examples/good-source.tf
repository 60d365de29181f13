resource "aws_sqs_queue" "orders" {
  name              = "orders"
  kms_master_key_id = aws_kms_key.queues.id
}

resource "aws_sqs_queue" "retries" {
  name                    = "retries"
  sqs_managed_sse_enabled = true
}

resource "aws_sns_topic" "shipped" {
  name              = "shipped"
  kms_master_key_id = "alias/aws/sns"
}
