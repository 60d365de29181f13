# METADATA
# title: Databases are protected from deletion
# description: Deletion protection is on, so that a mistaken plan or a single call cannot remove a database.
# custom:
#   exhibit:
#     id: db-deletion-protected
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: supporting
#         rationale: A database cannot be removed by one mistaken change, which lowers how often recovery is needed.
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: Removing a database takes two reviewed changes, the first of which switches the protection off.
#       - control: iso27001/a.8.14
#         strength: supporting
#         rationale: Keeps databases available by guarding them from accidental removal. Redundancy itself is not looked at.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set deletion_protection (deletion_protection_enabled, deletionProtection) to true.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, kubernetes, aws-config, gcp-assets]
package exhibit.policies.db_deletion_protected

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, r.attributes.deletion_protection, fix) if {
	some r in judged
	state(r) == "fail"
	message := sprintf("Database %s can be deleted by a single call.", [r.id])
	fix := sprintf("Set %s to true.", [resources.dotted(r.attributes.deletion_protection)])
}

unknowns contains resources.undecided(r, message, r.attributes.deletion_protection) if {
	some r in judged
	state(r) == "unknown"
	message := sprintf("Whether database %s is protected from deletion is decided outside of what was read.", [r.id])
}

judged := [r | some r in resources.of_type("database"); r.attributes.deletion_protection]

state(r) := "pass" if {
	resources.is_true(resources.named(r, "deletion_protection").value)
} else := "unknown" if {
	resources.named(r, "deletion_protection").state == "unknown"
} else := "fail"
