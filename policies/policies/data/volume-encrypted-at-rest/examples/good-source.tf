resource "aws_ebs_volume" "data" {
  availability_zone = local.zone
  size              = 100
  encrypted         = true
}

resource "aws_efs_file_system" "uploads" {
  encrypted  = true
  kms_key_id = aws_kms_key.data.arn
}
