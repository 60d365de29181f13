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

access_log_buckets = { first = "acme-access-logs", second = "acme-access-logs-copy" }
origin             = "acme.example/evidence"
retention_days     = 2555
frameworks         = { soc2 = ["cc6.1", "cc6.6", "cc8.1"], iso27001 = ["a.8.24"] }
auditor_arns       = ["arn:aws:iam::777788889999:role/audit-team"]

host_names = ["evidence.example.com"]
bundles = [{
  name   = "main"
  bucket = "acme-policies"
  key    = "bundles/main.tar.gz"
  region = "eu-west-1"
  keys   = { 2026 = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7f0aG0mPv1yLx1o0b9mF0oYhZ0Vv\nm9q1l2T3o4p5q6r7s8t9u0v1w2x3y4z5A6B7C8D9E0F1G2H3I4J5K6L7MA==\n-----END PUBLIC KEY-----\n" }
}]
oidc = [{
  issuer   = "https://token.actions.githubusercontent.com"
  audience = "exhibit"
  grants = [{
    claims   = { repository = "acme/shop", repository_id = "74", ref = "refs/heads/main", event_name = "push" }
    roles    = ["emitter"]
    emitters = ["ci/shop"]
  }]
}]

alarm_arns     = ["arn:aws:sns:eu-west-1:111122223333:evidence"]
ami_id         = "ami-0123456789abcdef0"
vpc_id         = "vpc-0123456789abcdef0"
subnet_id      = "subnet-0123456789abcdef0"
caller_cidrs   = ["10.0.0.0/16"]
egress_cidrs   = ["10.0.0.0/16"]
volume_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
