variables {
  account_id = "111122223333"
  region     = "eu-west-1"
}

run "three_feeds_by_default" {
  command = plan

  assert {
    condition     = [for queue in output.server_queues : queue.name] == ["config", "guardduty", "security-hub"]
    error_message = "Refused calls are told of where that is asked for."
  }

  assert {
    condition     = output.server_queues[2].url == "https://sqs.eu-west-1.amazonaws.com/111122223333/exhibit-security-hub"
    error_message = "The server asks the queue that is made."
  }
}

run "only_the_rule_sends" {
  command = plan

  assert {
    condition = alltrue([
      for feed, text in output.queue_policies : alltrue([
        for statement in jsondecode(text).Statement :
        statement.Principal.Service == "events.amazonaws.com" &&
        statement.Action == "sqs:SendMessage" &&
        statement.Condition.ArnEquals["aws:SourceArn"] == "arn:aws:events:eu-west-1:111122223333:rule/exhibit-${feed}" &&
        statement.Condition.StringEquals["aws:SourceAccount"] == "111122223333"
        if statement.Effect == "Allow"
      ])
    ])
    error_message = "Somebody else than the rule of the feed may send."
  }

  assert {
    condition = alltrue([
      for text in values(output.dead_queue_policies) : length([for statement in jsondecode(text).Statement : statement if statement.Effect == "Allow"]) == 0
    ])
    error_message = "The policy of a queue of dead messages lets somebody in."
  }
}

run "without_tls_nobody" {
  command = plan

  assert {
    condition = alltrue([
      for text in concat(values(output.queue_policies), values(output.dead_queue_policies)) : anytrue([
        for statement in jsondecode(text).Statement : statement.Principal == "*" && statement.Condition.Bool["aws:SecureTransport"] == "false"
        if statement.Effect == "Deny"
      ])
    ])
    error_message = "A queue is reached without TLS."
  }
}

run "the_server_only_receives" {
  command = plan

  assert {
    condition     = flatten([for statement in jsondecode(output.receiver_policy).Statement : statement.Action]) == ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
    error_message = "The server receives, and no more."
  }
}

run "guardrails_where_asked_for" {
  command = plan

  variables {
    feeds = ["guardrails"]
  }

  assert {
    condition     = jsondecode(output.event_patterns.guardrails).detail.errorMessage[0].wildcard == "*service control policy*"
    error_message = "Only calls that a service control policy refused."
  }
}

run "an_unknown_feed" {
  command = plan

  variables {
    feeds = ["inspector"]
  }

  expect_failures = [var.feeds]
}

run "no_feed" {
  command = plan

  variables {
    feeds = []
  }

  expect_failures = [var.feeds]
}
