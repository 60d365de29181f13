variables {
  host_names = ["evidence.example.com"]
  bundles = [{
    name   = "main"
    bucket = "acme-policies"
    key    = "bundles/main.tar.gz"
    region = "eu-west-1"
    keys   = { 2026 = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n" }
  }]
  oidc = [{
    issuer   = "https://token.actions.githubusercontent.com"
    audience = "exhibit"
    grants   = [{ claims = { repository = "acme/shop", ref = "refs/heads/main" }, roles = ["emitter"], emitters = ["ci/shop"] }]
  }]
  queues = [{
    name    = "guardduty"
    url     = "https://sqs.eu-west-1.amazonaws.com/111122223333/exhibit-guardduty"
    region  = "eu-west-1"
    emitter = "guardduty@111122223333/eu-west-1"
    format  = "guardduty"
  }]
  copy_commands = {
    prod = [
      "exhibit store copy EVIDENCE s3://acme-evidence/prod --region eu-west-1 --lock-days 365",
      "exhibit store copy EVIDENCE s3://acme-evidence-copy/prod --region eu-central-1 --lock-days 365",
    ]
  }
  ledger = "prod"
}

run "the_configuration_says_what_was_asked_for" {
  command = plan

  assert {
    condition     = yamldecode(output.settings).listen.port == 8420 && yamldecode(output.settings).tls.issued.names == ["evidence.example.com"]
    error_message = "The server listens with TLS."
  }

  assert {
    condition     = yamldecode(output.settings).bundles[0].s3.key == "bundles/main.tar.gz" && yamldecode(output.settings).bundles[0].keys == ["/etc/exhibit/keys/main-2026.pem"]
    error_message = "The bundle is the object, and its key a file that the machine gets."
  }

  assert {
    condition     = yamldecode(output.settings).events.queues[0].name == "guardduty" && yamldecode(output.settings).auth.oidc[0].grants[0].emitters == ["ci/shop"]
    error_message = "Queues and grants are as they were given."
  }
}

run "no_secret_and_no_token_is_in_it" {
  command = plan

  assert {
    condition     = !strcontains(output.user_data, "PRIVATE KEY") && !strcontains(output.settings, "tokens")
    error_message = "Whoever may describe the machine can read its user data: nothing secret is there."
  }
}

run "both_copies_are_made_each_night" {
  command = plan

  assert {
    condition     = length(regexall("exhibit store copy /var/lib/exhibit/evidence s3://", output.nightly)) == 2
    error_message = "A copy is missing."
  }
}

run "one_object_is_read" {
  command = plan

  assert {
    condition     = jsondecode(output.bundle_policy).Statement[0] == { Sid = "ReadBundle", Effect = "Allow", Action = "s3:GetObject", Resource = ["arn:aws:s3:::acme-policies/bundles/main.tar.gz"] }
    error_message = "The server reads its bundle, and no other object."
  }
}

run "a_server_alone" {
  command = plan

  variables {
    bundles       = []
    oidc          = []
    queues        = []
    copy_commands = {}
    ledger        = ""
  }

  assert {
    condition     = keys(yamldecode(output.settings)) == ["emitter", "evidence", "listen", "tls"] && output.bundle_policy == ""
    error_message = "What was not asked for is not there."
  }
}

run "a_ledger_that_is_not_copied" {
  command = plan

  variables {
    ledger = "test"
  }

  expect_failures = [output.nightly]
}

run "a_private_key" {
  command = plan

  variables {
    bundles = [{
      name   = "main"
      bucket = "acme-policies"
      key    = "bundles/main.tar.gz"
      region = "eu-west-1"
      keys   = { 2026 = "-----BEGIN PRIVATE KEY-----\nMFkw\n-----END PRIVATE KEY-----\n" }
    }]
  }

  expect_failures = [var.bundles]
}

run "all_bundles_of_a_bucket" {
  command = plan

  variables {
    bundles = [{
      name   = "main"
      bucket = "acme-policies"
      key    = "bundles/*"
      region = "eu-west-1"
      keys   = { 2026 = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n" }
    }]
  }

  expect_failures = [var.bundles]
}
