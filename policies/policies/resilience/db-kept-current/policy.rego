# METADATA
# title: Databases and brokers take their minor updates
# description: |
#   Minor versions, which carry the security fixes of the engine, are installed in the maintenance window without
#   somebody asking for it.
# custom:
#   exhibit:
#     id: db-kept-current
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Known vulnerabilities of database engines are closed without waiting for a person.
#       - control: iso27001/a.8.8
#         strength: partial
#         rationale: Shows that technical vulnerabilities of engines are closed by updates.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows maintenance of databases, one part of handling vulnerabilities.
#       - control: nis2/2690.6.6
#         strength: partial
#         rationale: Security patches of database engines are applied in time.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set auto_minor_version_upgrade (allow_version_upgrade, auto_upgrade_minor_version) to true.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.db_kept_current

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_db_instance": minor_version,
	"aws_rds_cluster_instance": minor_version,
	"aws_elasticache_replication_group": minor_version,
	"aws_neptune_cluster_instance": minor_version,
	"aws_docdb_cluster_instance": minor_version,
	"aws_memorydb_cluster": minor_version,
	"aws_mq_broker": [{
		"at": ["auto_minor_version_upgrade"],
		"wants": "true",
		"absent": "fail",
		"problem": "does not take minor updates",
		"fix": "Set auto_minor_version_upgrade to true.",
	}],
	"aws_redshift_cluster": [{
		"at": ["allow_version_upgrade"],
		"wants": "true",
		"absent": "pass",
		"problem": "does not take updates",
		"fix": "Set allow_version_upgrade to true.",
	}],
	"aws_dms_replication_instance": [{
		"at": ["auto_minor_version_upgrade"],
		"wants": "true",
		"absent": "fail",
		"problem": "does not take minor updates",
		"fix": "Set auto_minor_version_upgrade to true.",
	}],
}

minor_version := [{
	"at": ["auto_minor_version_upgrade"],
	"wants": "true",
	"absent": "pass",
	"problem": "does not take minor updates",
	"fix": "Set auto_minor_version_upgrade to true.",
}]
