module "settings" {
  source = "./modules/settings"

  host_names    = var.host_names
  port          = var.port
  emitter       = var.emitter
  bundles       = var.bundles
  oidc          = var.oidc
  queues        = var.queues
  copy_commands = var.copy_commands
  ledger        = var.ledger
  partition     = var.partition
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Exhibit server: copies the evidence, reads its bundle and its queues"
  assume_role_policy   = module.settings.trust_policy
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  for_each = { for name, policy in { store = var.writer_policy, bundle = module.settings.bundle_policy, queues = var.receiver_policy } : name => policy if policy != "" }

  name   = each.key
  role   = aws_iam_role.this.name
  policy = each.value
}

# A shell without an open port and without a key of SSH.
resource "aws_iam_role_policy_attachment" "session" {
  count = var.session_manager ? 1 : 0

  role       = aws_iam_role.this.name
  policy_arn = "arn:${var.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "this" {
  name = var.name
  role = aws_iam_role.this.name
  tags = var.tags
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Exhibit server"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = var.caller_cidrs

  security_group_id = aws_security_group.this.id
  description       = "Emitters, engineers, auditors"
  cidr_ipv4         = each.value
  from_port         = var.port
  to_port           = var.port
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.egress_cidrs

  security_group_id = aws_security_group.this.id
  description       = "S3, SQS, issuers of tokens"
  cidr_ipv4         = each.value
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_instance" "this" {
  ami                         = var.ami_id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  iam_instance_profile        = aws_iam_instance_profile.this.name
  vpc_security_group_ids      = [aws_security_group.this.id]
  associate_public_ip_address = false
  ebs_optimized               = true
  monitoring                  = true
  disable_api_termination     = true
  user_data                   = module.settings.user_data
  tags                        = merge(var.tags, { Name = var.name })

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted = true
  }

  # The evidence. It outlives the machine.
  ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = var.volume_gigabytes
    volume_type           = "gp3"
    encrypted             = true
    kms_key_id            = var.volume_key_arn
    delete_on_termination = false
    tags                  = merge(var.tags, { Name = "${var.name}-evidence" })
  }

  # Another image or another configuration does not replace the machine, and with it the log's disk.
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [ami, user_data]
  }
}
