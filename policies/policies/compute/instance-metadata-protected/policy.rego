# METADATA
# title: Instance metadata needs a session token
# description: |
#   EC2 instances and launch templates require version 2 of the metadata service, or have none. Version 1 answers any
#   request that a program on the instance can be talked into making, and hands out the instance's credentials.
# custom:
#   exhibit:
#     id: instance-metadata-protected
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Credentials of an instance cannot be taken through a forged request of a program on it.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure setting is required of each instance before it exists.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: Add a metadata_options block with http_tokens "required".
#     since: "2026-11-01"
#     inputs: [terraform-plan]
package exhibit.policies.instance_metadata_protected

import data.lib.resources

tokens := ["metadata_options", 0, "http_tokens"]

endpoint := ["metadata_options", 0, "http_endpoint"]

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, tokens, `Set http_tokens to "required" in metadata_options.`) if {
	some r in judged
	state(r) == "fail"
	message := sprintf("The metadata service of %s answers without a session token.", [r.id])
}

unknowns contains resources.undecided(r, message, tokens) if {
	some r in judged
	state(r) == "unknown"
	message := sprintf("Metadata options of %s are left to the image and the account, so they are known only after apply.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"instance", "instance_template"}]

state(r) := "pass" if {
	resources.attribute(r, tokens).value == "required"
} else := "pass" if {
	resources.attribute(r, endpoint).value == "disabled"
} else := "unknown" if {
	resources.attribute(r, tokens).state == "unknown"
} else := "fail"
