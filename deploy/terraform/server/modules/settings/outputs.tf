output "settings" {
  description = "The server's configuration, YAML: /etc/exhibit/server.yaml."
  value       = local.settings_yaml
}

output "nightly" {
  description = "Script that closes the day and copies the evidence."
  value       = local.nightly

  precondition {
    condition     = length(var.copy_commands) == 0 || contains(keys(var.copy_commands), var.ledger)
    error_message = "ledger is none of the prefixes that evidence-store knows: nothing would be copied, and nobody would notice."
  }
}

output "user_data" {
  description = "For cloud-init: files and units. The image has Exhibit, its unit and its user already."
  value = join("\n", ["#cloud-config", yamlencode({
    write_files = local.files
    # Nothing is formatted that has a file system already. The ledger itself is made by hand, once: a machine that came anew must not begin another one.
    fs_setup = [{ label = "exhibit", filesystem = "ext4", device = "/dev/sdf", overwrite = false }]
    mounts   = [["/dev/sdf", local.state, "ext4", "defaults,noatime,nodev,nosuid", "0", "2"]]
    runcmd = [
      ["chown", "exhibit:exhibit", local.state],
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "exhibit-server.service", "exhibit-nightly.timer"],
    ]
  })])
}

output "bundle_policy" {
  description = "For the role of the server, as JSON: it reads each bundle, and no other object. Empty where there is none."
  value = length(var.bundles) == 0 ? "" : jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadBundle"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = sort(distinct([for bundle in var.bundles : "arn:${var.partition}:s3:::${bundle.bucket}/${bundle.key}"]))
      },
    ]
  })
}

output "trust_policy" {
  description = "Who takes the role, as JSON: machines alone."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Machine"
        Effect    = "Allow"
        Principal = { Service = var.partition == "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}
