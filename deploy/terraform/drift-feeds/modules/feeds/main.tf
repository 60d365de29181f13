locals {
  # The events, and the format of `exhibit ingest` that reads them.
  kinds = {
    config = {
      format  = "aws-config-compliance"
      emitter = "awsconfig"
      pattern = { source = ["aws.config"], detail-type = ["Config Rules Compliance Change"] }
    }
    guardduty = {
      format  = "guardduty"
      emitter = "guardduty"
      pattern = { source = ["aws.guardduty"], detail-type = ["GuardDuty Finding"] }
    }
    security-hub = {
      format  = "asff"
      emitter = "securityhub"
      # What is imported, not what a person did about it in Security Hub's own pages.
      pattern = { source = ["aws.securityhub"], detail-type = ["Security Hub Findings - Imported", "Findings Imported V2"] }
    }
    guardrails = {
      format  = "cloudtrail-denial"
      emitter = "cloudtrail"
      pattern = {
        detail-type = ["AWS API Call via CloudTrail"]
        detail = {
          errorCode    = ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedOperation"]
          errorMessage = [{ wildcard = "*service control policy*" }]
        }
      }
    }
  }

  here  = "${var.region}:${var.account_id}"
  feeds = { for feed in var.feeds : feed => local.kinds[feed] }
  names = { for feed in var.feeds : feed => "${var.name}-${feed}" }

  queue_arns = { for feed, name in local.names : feed => "arn:${var.partition}:sqs:${local.here}:${name}" }
  dead_arns  = { for feed, name in local.names : feed => "arn:${var.partition}:sqs:${local.here}:${name}-dead" }

  only_tls = {
    Sid       = "OnlyTls"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}
