# METADATA
# title: Databases keep backups
# description: |
#   Automated backups are kept for seven days or longer, or point-in-time recovery is on. Read replicas are left out:
#   their source is backed up.
# custom:
#   exhibit:
#     id: db-backups-retained
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: partial
#         rationale: Automated backups with a stated retention exist for each database. That they can be restored is shown elsewhere.
#       - control: iso27001/a.8.13
#         strength: partial
#         rationale: Shows that databases are backed up for the agreed time. Restore tests are separate evidence.
#       - control: nis2/21.2.c
#         strength: partial
#         rationale: Backup management is a named part of this measure; this shows it for databases.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set backup_retention_period (backup_retention_days) to 7 or more, or switch on point_in_time_recovery or backup_configuration.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, arm, kubernetes, aws-config, gcp-assets]
package exhibit.policies.db_backups_retained

import data.lib.resources

minimum_days := 7

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, attribute(r).path, fix) if {
	some r in judged
	days(r)
	not kept(r)
	attribute(r).state != "unknown"
	message := sprintf("Backups of database %s are kept for %s, less than %d days.", [r.id, written(r), minimum_days])
	fix := sprintf("Set %s to %d or more.", [resources.dotted(attribute(r).path), minimum_days])
}

violations contains resources.violation(r, message, attribute(r).path, fix) if {
	some r in judged
	not days(r)
	not kept(r)
	attribute(r).state != "unknown"
	message := sprintf("Backups of database %s are not switched on.", [r.id])
	fix := sprintf("Set %s to true.", [resources.dotted(attribute(r).path)])
}

unknowns contains resources.undecided(r, message, attribute(r).path) if {
	some r in judged
	attribute(r).state == "unknown"
	message := sprintf("How long backups of database %s are kept is decided outside of what was read.", [r.id])
}

judged := [r |
	some r in resources.of_type("database")
	attribute(r)
	not replica(r)
]

# The property that says it: days, or a switch.
attribute(r) := resources.named(r, "backup_days") if {
	days(r)
} else := resources.named(r, "backup_enabled") if {
	r.attributes.backup_enabled
} else := resources.named(r, "point_in_time_recovery")

days(r) if r.attributes.backup_days

# The service's default is as long.
kept(r) if {
	attribute(r).state == "absent"
	"backups_kept_a_week" in r.facts
}

kept(r) if {
	days(r)
	to_number(attribute(r).value) >= minimum_days
}

kept(r) if {
	not days(r)
	resources.is_true(attribute(r).value)
}

written(r) := sprintf("%v days", [attribute(r).value]) if {
	attribute(r).state == "set"
} else := "the service's default time"

replica(r) if {
	some at in [
		["replicate_source_db"], ["replication_source_identifier"], ["master_instance_name"], ["masterInstanceName"],
		["SourceDBInstanceIdentifier"], ["ReplicationSourceIdentifier"],
		["configuration", "readReplicaSourceDBInstanceIdentifier"], ["configuration", "replicationSourceIdentifier"],
		["spec", "forProvider", "replicateSourceDb"],
		["spec", "sourceDBInstanceIdentifier"], ["spec", "forProvider", "sourceDBInstanceIdentifier"],
	]
	resources.stated(r, at)
}
