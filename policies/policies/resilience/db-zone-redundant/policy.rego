# METADATA
# title: Databases survive the loss of a zone
# description: |
#   Databases have a standby or copies in a second zone, and fail over to it by themselves. Read replicas are left
#   out.
# custom:
#   exhibit:
#     id: db-zone-redundant
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.2
#         strength: partial
#         rationale: A database goes on when one zone of the provider fails.
#       - control: iso27001/a.8.14
#         strength: partial
#         rationale: Shows redundancy of databases across zones.
#       - control: nis2/21.2.c
#         strength: partial
#         rationale: Shows one measure by which the business goes on when a zone fails.
#       - control: nis2/2690.4.2
#         strength: partial
#         rationale: Redundant resources are in place for databases.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set multi_az, automatic_failover_enabled, availability_type REGIONAL, high_availability ZoneRedundant or
#       zone_redundant.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm, gcp-assets]
package exhibit.policies.db_zone_redundant

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_db_instance": [{
		"at": ["multi_az"],
		"wants": "true",
		"absent": "fail",
		"when": [{"at": ["replicate_source_db"], "wants": "nothing", "absent": "pass"}],
		"problem": "stands in one zone",
		"fix": "Set multi_az to true.",
	}],
	"aws_elasticache_replication_group": [
		{
			"at": ["automatic_failover_enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "does not fail over by itself",
			"fix": "Set automatic_failover_enabled to true.",
		},
		{
			"at": ["multi_az_enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "stands in one zone",
			"fix": "Set multi_az_enabled to true.",
		},
	],
	"google_sql_database_instance": [{
		"at": ["settings", 0, "availability_type"],
		"wants": {"one_of": ["REGIONAL"]},
		"absent": "fail",
		"when": [{"at": ["master_instance_name"], "wants": "nothing", "absent": "pass"}],
		"problem": "stands in one zone",
		"fix": `Set availability_type to "REGIONAL".`,
	}],
	"sqladmin.googleapis.com/Instance": [{
		"at": ["settings", "availabilityType"],
		"wants": {"one_of": ["REGIONAL"]},
		"absent": "unknown",
		"when": [{"at": ["instanceType"], "wants": {"one_of": ["CLOUD_SQL_INSTANCE"]}, "absent": "unknown"}],
		"problem": "stands in one zone",
		"fix": `Set availabilityType to "REGIONAL".`,
	}],
	"redis.googleapis.com/Instance": [{
		"at": ["tier"],
		"wants": {"one_of": ["STANDARD_HA"]},
		"absent": "unknown",
		"problem": "has no standby",
		"fix": `Set tier to "STANDARD_HA".`,
	}],
	"google_alloydb_instance": [{
		"at": ["availability_type"],
		"wants": {"one_of": ["REGIONAL"]},
		"absent": "unknown",
		"when": [{"at": ["instance_type"], "wants": {"one_of": ["PRIMARY"]}, "absent": "pass"}],
		"problem": "stands in one zone",
		"fix": `Set availability_type to "REGIONAL".`,
	}],
	"google_redis_instance": [{
		"at": ["tier"],
		"wants": {"one_of": ["STANDARD_HA"]},
		"absent": "fail",
		"problem": "has no standby",
		"fix": `Set tier to "STANDARD_HA".`,
	}],
	"azurerm_postgresql_flexible_server": flexible_server,
	"azurerm_mysql_flexible_server": flexible_server,
	"azurerm_mssql_database": [{
		"at": ["zone_redundant"],
		"wants": "true",
		"absent": "fail",
		"problem": "stands in one zone",
		"fix": "Set zone_redundant to true.",
	}],
	"Microsoft.DBforPostgreSQL/flexibleServers": arm_servers,
	"Microsoft.DBforMySQL/flexibleServers": arm_servers,
	"Microsoft.Sql/servers/databases": [{
		"at": ["properties", "zoneRedundant"],
		"wants": "true",
		"absent": "fail",
		"problem": "stands in one zone",
		"fix": "Set zoneRedundant to true.",
	}],
}

flexible_server := [{
	"at": ["high_availability", 0, "mode"],
	"wants": {"one_of": ["ZoneRedundant"]},
	"absent": "fail",
	"problem": "has no standby in another zone",
	"fix": `Add high_availability with mode "ZoneRedundant".`,
}]

arm_servers := [{
	"at": ["properties", "highAvailability", "mode"],
	"wants": {"one_of": ["ZoneRedundant"]},
	"absent": "fail",
	"problem": "has no standby in another zone",
	"fix": `Set mode to "ZoneRedundant" in highAvailability.`,
}]
