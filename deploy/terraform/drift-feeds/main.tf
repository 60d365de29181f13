module "feeds" {
  source = "./modules/feeds"

  account_id = var.account_id
  region     = var.region
  partition  = var.partition
  name       = var.name
  feeds      = var.feeds
}

# What could not be read comes again for a while, and then waits here for a person.
resource "aws_sqs_queue" "dead" {
  for_each = module.feeds.names

  name                      = "${each.value}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  redrive_allow_policy      = module.feeds.redrive_allow_policies[each.key]
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "dead" {
  for_each = module.feeds.names

  queue_url = aws_sqs_queue.dead[each.key].id
  policy    = module.feeds.dead_queue_policies[each.key]
}

resource "aws_sqs_queue" "this" {
  for_each   = module.feeds.names
  depends_on = [aws_sqs_queue.dead]

  name                       = each.value
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = true
  redrive_policy             = module.feeds.redrive_policies[each.key]
  tags                       = var.tags
}

resource "aws_sqs_queue_policy" "this" {
  for_each = module.feeds.names

  queue_url = aws_sqs_queue.this[each.key].id
  policy    = module.feeds.queue_policies[each.key]
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = module.feeds.names

  name          = each.value
  description   = "Tells the evidence of ${each.key}"
  event_pattern = module.feeds.event_patterns[each.key]
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  for_each   = module.feeds.names
  depends_on = [aws_sqs_queue_policy.this]

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_sqs_queue.this[each.key].arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
}

# Silence of a feed is no pass: somebody is to know that the server does not fetch what waits.
resource "aws_cloudwatch_metric_alarm" "waiting" {
  for_each = length(var.alarm_arns) == 0 ? {} : module.feeds.names

  alarm_name          = "${each.value}-waiting"
  alarm_description   = "The oldest event of ${each.key} waits for more than an hour"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  threshold           = 3600
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = var.alarm_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  for_each = length(var.alarm_arns) == 0 ? {} : module.feeds.names

  alarm_name          = "${each.value}-dead"
  alarm_description   = "An event of ${each.key} could not be read"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = "${each.value}-dead" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = var.alarm_arns
  tags                = var.tags
}
