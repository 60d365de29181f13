# METADATA
# title: Audit trails are complete and tamper-evident
# description: |
#   Every CloudTrail trail covers all regions and global services, is switched on, and validates its log files.
#   That an account has a trail at all is not shown by a plan; the runtime layer shows it.
# custom:
#   exhibit:
#     id: audit-trail-complete
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.2
#         strength: partial
#         rationale: Calls to the cloud's control plane are recorded everywhere, so that unusual ones can be found.
#       - control: soc2/cc7.3
#         strength: supporting
#         rationale: Evaluating a security event relies on records that are complete and that have not been changed.
#       - control: iso27001/a.8.15
#         strength: partial
#         rationale: Shows that logs of activity are produced for all regions and protected against change.
#       - control: nis2/21.2.b
#         strength: supporting
#         rationale: Handling an incident relies on these records. The handling itself is not shown.
#       - control: eu-ai-act/12
#         strength: supporting
#         rationale: >-
#           Where the account runs a high-risk AI system, shows that calls to its infrastructure are recorded. The events
#           that the system itself must log are not shown.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: Set is_multi_region_trail, include_global_service_events, enable_log_file_validation and enable_logging to true.
#     since: "2026-11-01"
#     inputs: [terraform-plan]
package exhibit.policies.audit_trail_complete

import data.lib.resources

# Setting, what the provider does when it is not written, and what is lost without it.
settings := {
	"is_multi_region_trail": {"default": false, "loss": "does not record other regions"},
	"enable_log_file_validation": {"default": false, "loss": "does not sign its log files, so that a change of them is not seen"},
	"enable_logging": {"default": true, "loss": "is switched off"},
	"include_global_service_events": {"default": true, "loss": "does not record global services such as IAM"},
}

population contains resources.subject(r) if some r in resources.of_type("audit_trail")

violations contains resources.violation(r, message, [name], fix) if {
	some r in resources.of_type("audit_trail")
	some name, setting in settings
	off(r, name, setting)
	message := sprintf("Trail %s %s.", [r.id, setting.loss])
	fix := sprintf("Set %s to true.", [name])
}

unknowns contains resources.undecided(r, message, [name]) if {
	some r in resources.of_type("audit_trail")
	some name, _ in settings
	resources.attribute(r, [name]).state == "unknown"
	message := sprintf("Setting %s of trail %s is known only after apply.", [name, r.id])
}

off(r, name, _) if {
	resources.attribute(r, [name]).state == "set"
	not resources.is_true(resources.attribute(r, [name]).value)
}

off(r, name, setting) if {
	resources.attribute(r, [name]).state == "absent"
	setting.default == false
}
