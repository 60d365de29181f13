output "names" {
  description = "Feed => name of its rule and queue."
  value       = local.names
}

output "event_patterns" {
  description = "Feed => pattern of EventBridge, as JSON."
  value       = { for feed, kind in local.feeds : feed => jsonencode(kind.pattern) }
}

output "queue_policies" {
  description = "Feed => policy of its queue, as JSON: its own rule sends, and nobody else."
  value = {
    for feed, arn in local.queue_arns : feed => jsonencode({
      Version = "2012-10-17"
      Statement = [
        merge(local.only_tls, { Resource = arn }),
        {
          Sid       = "Rule"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sqs:SendMessage"
          Resource  = arn
          Condition = {
            ArnEquals    = { "aws:SourceArn" = "arn:${var.partition}:events:${local.here}:rule/${local.names[feed]}" }
            StringEquals = { "aws:SourceAccount" = var.account_id }
          }
        },
      ]
    })
  }
}

output "dead_queue_policies" {
  description = "Feed => policy of the queue of what could not be read, as JSON. SQS itself moves messages there."
  value = {
    for feed, arn in local.dead_arns : feed => jsonencode({
      Version   = "2012-10-17"
      Statement = [merge(local.only_tls, { Resource = arn })]
    })
  }
}

output "redrive_policies" {
  description = "Feed => where a message goes that was given twenty times, as JSON."
  value = {
    for feed, arn in local.dead_arns : feed => jsonencode({ deadLetterTargetArn = arn, maxReceiveCount = 20 })
  }
}

output "redrive_allow_policies" {
  description = "Feed => from which queue the other one takes messages, as JSON."
  value = {
    for feed, arn in local.queue_arns : feed => jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [arn] })
  }
}

output "receiver_policy" {
  description = "For the role of the server, as JSON."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Receive"
        Effect   = "Allow"
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
        Resource = sort(values(local.queue_arns))
      },
    ]
  })
}

output "server_queues" {
  description = "`events.queues` of the server's configuration. The module server takes it."
  value = [
    for feed in sort(var.feeds) : {
      name    = feed
      url     = "https://sqs.${var.region}.${var.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}/${var.account_id}/${local.names[feed]}"
      region  = var.region
      emitter = "${local.kinds[feed].emitter}@${var.account_id}/${var.region}"
      format  = local.kinds[feed].format
    }
  ]
}
