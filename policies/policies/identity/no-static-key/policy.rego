# METADATA
# title: Users and service accounts have no long-lived keys
# description: |
#   No access key is made for an IAM user and no key for a service account of Google Cloud. Such keys do not expire,
#   are copied and end up in code. Programs use roles, workload identity or federation instead.
# custom:
#   exhibit:
#     id: no-static-key
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Programs authenticate without secrets that live for ever.
#       - control: soc2/cc6.2
#         strength: supporting
#         rationale: There is no key that goes on working when somebody leaves.
#       - control: iso27001/a.5.17
#         strength: partial
#         rationale: Shows that long-lived authentication information is not made in code.
#       - control: iso27001/a.8.5
#         strength: supporting
#         rationale: Programs authenticate with short-lived credentials.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Authentication of programs does not rest on secrets that are never changed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Remove the key and use a role, workload identity or federation.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.no_static_key

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_iam_user": [{
		"beside": {"types": ["aws_iam_access_key"], "key": "user"},
		"at": ["user"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "has a long-lived access key",
		"fix": "Remove the aws_iam_access_key and use a role.",
	}],
	"google_service_account": [{
		"beside": {"types": ["google_service_account_key"], "key": "service_account_id"},
		"at": ["service_account_id"],
		"wants": "nothing",
		"absent": "pass",
		"problem": "has a long-lived key",
		"fix": "Remove the google_service_account_key and use workload identity or federation.",
	}],
}
