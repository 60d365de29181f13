output "arn" {
  description = "ARN of the bucket, once its policy stands."
  value       = aws_s3_bucket.this.arn
  depends_on  = [aws_s3_bucket_policy.this]
}

output "key_arn" {
  description = "ARN of its key."
  value       = aws_kms_key.this.arn
}
