variables {
  engagement   = "soc2-2026"
  framework    = "soc2"
  period       = { from = "2026-01", to = "2026-12" }
  not_before   = "2027-01-04T00:00:00Z"
  expires      = "2027-03-31T23:59:59Z"
  auditor_arns = ["arn:aws:iam::777788889999:role/audit-team"]
  bucket       = { name = "acme-evidence", account_id = "111122223333", region = "eu-west-1" }
  prefix       = "prod"
  key_alias    = "alias/exhibit-acme-evidence"
  database     = "exhibit_soc2"
}

run "every_permission_ends" {
  command = plan

  assert {
    condition = alltrue([
      for statement in concat(jsondecode(output.permissions).Statement, jsondecode(output.trust_policy).Statement) :
      statement.Condition.DateLessThan["aws:CurrentTime"] == "2027-03-31T23:59:59Z" &&
      statement.Condition.DateGreaterThan["aws:CurrentTime"] == "2027-01-04T00:00:00Z"
      if statement.Effect == "Allow"
    ])
    error_message = "A permission has no beginning or no end."
  }
}

run "no_pattern_of_actions_and_nothing_that_writes" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(output.permissions).Statement : [
        for action in flatten([statement.Action]) : can(regex("^[a-z0-9]+:(Get|List|BatchGet|Decrypt|StartQuery|StopQuery)[A-Za-z]*$", action))
      ] if statement.Effect == "Allow"
    ]))
    error_message = "The auditor reads, and asks; nothing else."
  }
}

run "a_whole_year_is_one_pattern" {
  command = plan

  assert {
    condition = [
      for arn in jsondecode(output.permissions).Statement[0].Resource : arn if strcontains(arn, "/evidence/")
    ] == ["arn:aws:s3:::acme-evidence/prod/evidence/soc2/*/year=2026/*"]
    error_message = "The year 2026 of one framework and one prefix, and no more."
  }
}

run "months_across_years" {
  command = plan

  variables {
    period = { from = "2025-11", to = "2027-02" }
  }

  assert {
    condition = [
      for arn in jsondecode(output.permissions).Statement[0].Resource : trimprefix(arn, "arn:aws:s3:::acme-evidence/prod/evidence/soc2/*/") if strcontains(arn, "/evidence/")
    ] == ["year=2025/month=11/*", "year=2025/month=12/*", "year=2026/*", "year=2027/month=01/*", "year=2027/month=02/*"]
    error_message = "Each month of the period, and whole years as one."
  }
}

run "the_longest_period_fits" {
  command = plan

  variables {
    period    = { from = "2024-02", to = "2027-01" }
    framework = "eu-ai-act"
  }

  assert {
    condition     = length(output.permissions) <= 6144
    error_message = "A managed policy has at most 6,144 characters."
  }
}

run "a_period_the_wrong_way_round" {
  command = plan

  variables {
    period = { from = "2026-12", to = "2026-01" }
  }

  expect_failures = [output.permissions]
}

run "a_period_without_end" {
  command = plan

  variables {
    period = { from = "2020-01", to = "2026-12" }
  }

  expect_failures = [output.permissions]
}

run "an_engagement_that_ends_before_it_begins" {
  command = plan

  variables {
    expires = "2027-01-03T00:00:00Z"
  }

  expect_failures = [output.trust_policy]
}

run "an_engagement_of_years" {
  command = plan

  variables {
    expires = "2029-01-04T00:00:00Z"
  }

  expect_failures = [output.trust_policy]
}

run "a_date_without_a_time" {
  command = plan

  variables {
    expires = "2027-03-31"
  }

  expect_failures = [var.expires]
}

run "a_day_that_is_none" {
  command = plan

  variables {
    expires = "2027-02-30T00:00:00Z"
  }

  expect_failures = [var.expires]
}

run "all_frameworks" {
  command = plan

  variables {
    framework = "*"
  }

  expect_failures = [var.framework]
}

run "all_prefixes" {
  command = plan

  variables {
    prefix = "*"
  }

  expect_failures = [var.prefix]
}

run "a_whole_account_of_auditors" {
  command = plan

  variables {
    auditor_arns = ["arn:aws:iam::777788889999:root"]
  }

  expect_failures = [var.auditor_arns]
}
