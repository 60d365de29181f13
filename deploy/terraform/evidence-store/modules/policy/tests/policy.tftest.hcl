variables {
  buckets = {
    first = {
      name               = "acme-evidence"
      account_id         = "111122223333"
      region             = "eu-west-1"
      administrator_arns = ["arn:aws:iam::111122223333:role/terraform"]
    }
    second = {
      name               = "acme-evidence-copy"
      account_id         = "444455556666"
      region             = "eu-central-1"
      administrator_arns = ["arn:aws:iam::444455556666:role/terraform"]
    }
  }
  ledgers        = { prod = "acme.example/evidence" }
  writer_arns    = ["arn:aws:iam::111122223333:role/exhibit-server"]
  checker_arns   = ["arn:aws:iam::111122223333:role/exhibit-check"]
  retention_days = 365
}

run "governance_is_the_default" {
  command = plan

  assert {
    condition     = output.object_lock == { mode = "GOVERNANCE", days = 365 }
    error_message = "The default lock is GOVERNANCE for the days that were said."
  }

  assert {
    condition     = !strcontains(jsonencode(output.copy_commands), "compliance")
    error_message = "Nothing is locked for good unless that was said."
  }
}

run "nothing_is_granted_to_everybody_and_no_action_is_a_pattern" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for text in concat(values(output.bucket_policies), values(output.key_policies)) : [
        for statement in jsondecode(text).Statement :
        statement.Effect == "Deny" || (!strcontains(jsonencode(statement.Principal), "*") && !strcontains(jsonencode(statement.Action), "*"))
      ]
    ]))
    error_message = "A statement of a resource allows everybody, or allows a pattern of actions."
  }

  assert {
    condition = alltrue(flatten([
      for text in [output.writer_policy, output.reader_policy, output.checker_policy] : [
        for statement in jsondecode(text).Statement : statement.Effect == "Allow" && !strcontains(jsonencode(statement.Action), "*")
      ]
    ]))
    error_message = "A policy of a role allows a pattern of actions."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(output.service_control_policy).Statement : statement.Effect == "Deny"
    ])
    error_message = "A service control policy of this module only denies."
  }
}

run "each_denial_is_for_everybody" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for text in concat(values(output.bucket_policies), values(output.key_policies)) : [
        for statement in jsondecode(text).Statement : statement.Effect == "Allow" || statement.Principal == "*"
      ]
    ]))
    error_message = "A denial leaves somebody out by its principal."
  }

  assert {
    condition = alltrue([
      for text in values(output.bucket_policies) : length(setsubtract(
        ["OnlyTls", "OnlyTls12", "NothingDeleted", "NoBypass", "LockStays", "SettingsStay", "NoShorterLock", "NoOtherMode", "HoldStays", "NothingReplaced", "NoKeyOfTheCaller", "OnlyKeyOfTheBucket", "NoOtherWay"],
        [for statement in jsondecode(text).Statement : statement.Sid],
      )) == 0
    ])
    error_message = "A denial is missing."
  }
}

run "policies_are_as_short_as_aws_takes_them" {
  command = plan

  assert {
    condition     = alltrue([for text in values(output.bucket_policies) : length(text) <= 20480])
    error_message = "A policy of a bucket has at most 20 KB."
  }

  assert {
    condition     = length(output.service_control_policy) <= 5120 && length(output.writer_policy) <= 6144 && length(output.checker_policy) <= 6144
    error_message = "A service control policy has at most 5,120 characters, a managed policy 6,144."
  }
}

run "compliance_with_an_acknowledgement" {
  command = plan

  variables {
    lock_mode                = "COMPLIANCE"
    acknowledge_irreversible = true
  }

  assert {
    condition     = output.object_lock.mode == "COMPLIANCE" && strcontains(output.copy_commands.prod[0], "--lock-mode compliance --acknowledge-irreversible")
    error_message = "COMPLIANCE that was acknowledged is what is written."
  }
}

run "compliance_without_it" {
  command = plan

  variables {
    lock_mode = "COMPLIANCE"
  }

  expect_failures = [output.object_lock, output.bucket_policies]
}

run "one_account_for_both" {
  command = plan

  variables {
    buckets = {
      first = {
        name               = "acme-evidence"
        account_id         = "111122223333"
        region             = "eu-west-1"
        administrator_arns = ["arn:aws:iam::111122223333:role/terraform"]
      }
      second = {
        name               = "acme-evidence-copy"
        account_id         = "111122223333"
        region             = "eu-west-1"
        administrator_arns = ["arn:aws:iam::111122223333:role/terraform"]
      }
    }
  }

  expect_failures = [var.buckets]
}

run "an_administrator_of_another_account" {
  command = plan

  variables {
    buckets = {
      first = {
        name               = "acme-evidence"
        account_id         = "111122223333"
        region             = "eu-west-1"
        administrator_arns = ["arn:aws:iam::444455556666:role/terraform"]
      }
      second = {
        name               = "acme-evidence-copy"
        account_id         = "444455556666"
        region             = "eu-central-1"
        administrator_arns = ["arn:aws:iam::444455556666:role/terraform"]
      }
    }
  }

  expect_failures = [var.buckets]
}

run "a_writer_that_is_a_pattern" {
  command = plan

  variables {
    writer_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.writer_arns]
}

run "everybody_as_a_reader" {
  command = plan

  variables {
    reader_arns = ["*"]
  }

  expect_failures = [var.reader_arns]
}

run "a_writer_that_unlocks" {
  command = plan

  variables {
    unlock_arns = ["arn:aws:iam::111122223333:role/exhibit-server"]
  }

  expect_failures = [output.bucket_policies]
}

run "a_lock_of_a_week" {
  command = plan

  variables {
    retention_days = 7
  }

  expect_failures = [var.retention_days]
}

run "no_ledger" {
  command = plan

  variables {
    ledgers = {}
  }

  expect_failures = [var.ledgers]
}
