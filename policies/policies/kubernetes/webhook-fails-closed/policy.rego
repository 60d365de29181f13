# METADATA
# title: Admission webhooks fail closed
# description: |
#   Every admission webhook states or keeps failurePolicy Fail. With Ignore, what it should have refused is let in as soon
#   as it does not answer. A webhook that only adds defaults may well be waived.
# custom:
#   exhibit:
#     id: webhook-fails-closed
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: A check of what may run cannot be passed by stopping it.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: Rules for changes of a cluster hold also when their checker is down.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that rules of configuration are enforced at all times.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that a control of changes does not fall away unseen.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set failurePolicy to Fail, run the webhook in more than one copy, and leave its own namespace out by namespaceSelector.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.webhook_fails_closed

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("admission_webhooks")

violations contains resources.violation(r, message, ["webhooks", i, "failurePolicy"], "Set failurePolicy to Fail.") if {
	some r in resources.of_type("admission_webhooks")
	some i, webhook in resources.list(object.get(r.values, "webhooks", null))
	is_object(webhook)
	open(r, object.get(webhook, "failurePolicy", null))
	message := sprintf("%s lets everything in when its webhook %v does not answer.", [r.id, object.get(webhook, "name", i)])
}

open(_, "Ignore")

# The version before v1 took Ignore where nothing was written.
open(r, null) if endswith(r.values.apiVersion, "/v1beta1")
