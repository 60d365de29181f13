# METADATA
# title: Secrets are not written into files
# description: |
#   A manifest in a repository holds no Secret with values. Base64 hides nothing. Judged before a commit and in CI only -
#   in a cluster every Secret has values. Secrets of service account tokens, which the cluster fills in, are left out.
# custom:
#   exhibit:
#     id: secret-not-in-manifest
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials are kept in a store with access control, not in a repository with its history.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that secrets stay out of configuration files.
#       - control: iso27001/a.8.28
#         strength: partial
#         rationale: Shows that one rule of secure development, no secrets in code, is applied.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before a change is made.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: Use an ExternalSecret, a SealedSecret or a secrets store driver, and change the values that were written.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.secret_not_in_manifest

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, [key], "Let an operator of a secret store make it, and change the value.") if {
	some r in judged
	some key in ["data", "stringData"]
	names := sort([name |
		some name, value in object.get(r.values, key, null)
		is_string(value)
		value != ""
	])
	count(names) > 0
	message := sprintf("%s has values in a file: %s.", [r.id, concat(", ", names)])
}

judged := [r |
	some r in resources.of_type("secret")
	object.get(r.values, "type", null) != "kubernetes.io/service-account-token"
]
