locals {
  state    = "/var/lib/exhibit"
  evidence = "${local.state}/evidence"

  # No secret stands here: tokens are those of OIDC issuers, credentials those of the machine's role.
  settings = merge(
    {
      evidence = local.evidence
      emitter  = var.emitter
      listen   = { host = "0.0.0.0", port = var.port }
      tls      = { issued = { folder = "${local.state}/tls", names = var.host_names } }
    },
    length(var.bundles) == 0 ? {} : {
      bundles = [
        for bundle in var.bundles : {
          name = bundle.name
          s3   = { bucket = bundle.bucket, key = bundle.key, region = bundle.region }
          keys = [for name in sort(keys(bundle.keys)) : "/etc/exhibit/keys/${bundle.name}-${name}.pem"]
        }
      ]
    },
    length(var.oidc) == 0 ? {} : { auth = { oidc = var.oidc } },
    length(var.queues) == 0 ? {} : { events = { queues = var.queues } },
  )

  settings_yaml = yamlencode(local.settings)

  key_files = flatten([
    for bundle in var.bundles : [
      for name in sort(keys(bundle.keys)) : { path = "/etc/exhibit/keys/${bundle.name}-${name}.pem", content = bundle.keys[name] }
    ]
  ])

  copies = [for command in lookup(var.copy_commands, var.ledger, []) : replace(command, "EVIDENCE", local.evidence)]

  # Yesterday is closed first: what is copied is whole days. Each copy is made, also where another one failed.
  nightly = join("\n", concat(
    ["#!/bin/sh", "# Closes the day and copies the evidence to its buckets. Ends with the first failure, after all were tried.", "code=0"],
    ["exhibit lake close ${local.evidence} --all || code=$?"],
    [for command in local.copies : "${command} || code=$?"],
    ["exit $code", ""],
  ))

  files = concat(
    [
      { path = "/etc/exhibit/server.yaml", content = local.settings_yaml, permissions = "0644" },
      { path = "/usr/local/bin/exhibit-nightly", content = local.nightly, permissions = "0755" },
      {
        path        = "/etc/systemd/system/exhibit-nightly.service"
        permissions = "0644"
        content     = <<-EOT
          [Unit]
          Description=Exhibit: close the day, copy the evidence

          [Service]
          Type=oneshot
          User=exhibit
          Group=exhibit
          Environment=EXHIBIT_STATE=${local.state}/state
          ExecStart=/usr/local/bin/exhibit-nightly
        EOT
      },
      {
        path        = "/etc/systemd/system/exhibit-nightly.timer"
        permissions = "0644"
        content     = <<-EOT
          [Unit]
          Description=Exhibit: close the day, copy the evidence

          [Timer]
          OnCalendar=*-*-* 01:10:00 UTC
          Persistent=true

          [Install]
          WantedBy=timers.target
        EOT
      },
    ],
    [for file in local.key_files : { path = file.path, content = file.content, permissions = "0644" }],
  )
}
