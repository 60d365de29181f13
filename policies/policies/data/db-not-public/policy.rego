# METADATA
# title: Databases have no public address
# description: Databases and members of database clusters are reachable from private networks only.
# custom:
#   exhibit:
#     id: db-not-public
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: A database without a public address cannot be reached from outside the system boundary, whatever its firewall says.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that databases are kept off public networks.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Databases stay in the private segment of the network. Other segments are not looked at.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set publicly_accessible (ipv4_enabled, public_network_access_enabled) to false and reach the database through the private network.
#     since: "2026-11-01"
#     inputs: [terraform-plan, cloudformation, arm, kubernetes, aws-config, azure-resources, gcp-assets]
package exhibit.policies.db_not_public

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, r.attributes.public, fix) if {
	some r in judged
	state(r) == "fail"
	message := sprintf("Database %s gets a public address.", [r.id])
	fix := sprintf("Set %s to %s.", [resources.dotted(r.attributes.public), off(r)])
}

unknowns contains resources.undecided(r, message, r.attributes.public) if {
	some r in judged
	state(r) == "unknown"
	message := sprintf("Whether database %s gets a public address is decided outside of what was read.", [r.id])
}

# Azure's own word, but for managed instances.
off(r) := `"Disabled"` if {
	r.provider in {"arm", "azure-resources"}
	r.native_type != "Microsoft.Sql/managedInstances"
} else := "false"

# Only services that can have a public address.
judged := [r |
	some r in resources.resources
	r.type in {"database", "database_member"}
	r.attributes.public
]

state(r) := "pass" if {
	closed(resources.named(r, "public").value)
} else := "pass" if {
	# A server within a network of its own has no other address.
	r.provider == "arm"
	resources.named(r, "public").state == "absent"
	resources.stated(r, ["properties", "network", "delegatedSubnetResourceId"])
} else := "unknown" if {
	resources.named(r, "public").state == "unknown"
} else := "unknown" if {
	resources.named(r, "public").state == "absent"
	subnets_decide(r)
} else := "pass" if {
	resources.named(r, "public").state == "absent"
	not public_by_default(r)
} else := "fail"

# CloudFormation leaves it to the subnets whether an instance gets one.
subnets_decide(r) if {
	r.provider == "cloudformation"
	r.native_type == "AWS::RDS::DBInstance"
}

# A switch, or one of two words.
closed(value) if resources.is_false(value)

closed(value) if lower(value) == "disabled"

# Cloud SQL and databases of Azure give a public address unless told otherwise. So did Redshift before version 6
# of the AWS provider, whose plans state the value.
public_by_default(r) if r.native_type == "google_sql_database_instance"

public_by_default(r) if {
	r.provider == "arm"
	r.native_type != "Microsoft.Sql/managedInstances"
}

public_by_default(r) if {
	startswith(r.native_type, "azurerm_")
	r.native_type != "azurerm_mssql_managed_instance"
}
