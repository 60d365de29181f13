# METADATA
# title: Databases and caches take encrypted connections only
# description: |
#   Databases, caches, search domains and message brokers refuse connections that are not encrypted. Services that
#   know no other connection (DynamoDB, Cosmos DB, Spanner) are not looked at. Where a parameter group or a server
#   parameter says it, that resource is judged.
# custom:
#   exhibit:
#     id: db-transport-encrypted
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.7
#         strength: partial
#         rationale: What is asked of and answered by a database cannot be read on its way.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows one protection of data in transit at the ends of connections within the network.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule for encryption of connections is applied to each data store that offers a choice.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows encryption in transit for data stores, one part of the use of cryptography.
#       - control: nis2/2690.9.2
#         strength: partial
#         rationale: Data in transit to data stores is encrypted as the policy on cryptography asks.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Switch on transit encryption of the service (transit_encryption_enabled, ssl_mode, enforce_https), or set
#       its parameter require_secure_transport.
#     since: "2026-11-25"
#     inputs: [terraform-plan, gcp-assets]
package exhibit.policies.db_transport_encrypted

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_elasticache_replication_group": [{
		"at": ["transit_encryption_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "takes connections without encryption",
		"fix": "Set transit_encryption_enabled to true.",
	}],
	"aws_memorydb_cluster": [{
		"at": ["tls_enabled"],
		"wants": "true",
		"absent": "pass",
		"problem": "takes connections without encryption",
		"fix": "Set tls_enabled to true.",
	}],
	"aws_dax_cluster": [{
		"at": ["cluster_endpoint_encryption_type"],
		"wants": {"one_of": ["TLS"]},
		"absent": "fail",
		"problem": "takes connections without encryption",
		"fix": `Set cluster_endpoint_encryption_type to "TLS".`,
	}],
	"aws_msk_cluster": [
		{
			"at": ["encryption_info", 0, "encryption_in_transit", 0, "client_broker"],
			"wants": {"one_of": ["TLS"]},
			"absent": "pass",
			"problem": "takes connections of clients without encryption",
			"fix": `Set client_broker to "TLS".`,
		},
		{
			"at": ["encryption_info", 0, "encryption_in_transit", 0, "in_cluster"],
			"wants": "true",
			"absent": "pass",
			"problem": "copies data between brokers without encryption",
			"fix": "Set in_cluster to true.",
		},
	],
	"aws_opensearch_domain": search_domain,
	"aws_elasticsearch_domain": search_domain,
	"google_sql_database_instance": [{
		"at": ["settings", 0, "ip_configuration", 0, "ssl_mode"],
		"wants": {"one_of": ["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]},
		"absent": "fail",
		"unless": [{"at": ["settings", 0, "ip_configuration", 0, "require_ssl"], "wants": "true", "absent": "fail"}],
		"problem": "takes connections without encryption",
		"fix": `Set ssl_mode to "ENCRYPTED_ONLY".`,
	}],
	"sqladmin.googleapis.com/Instance": [{
		"at": ["settings", "ipConfiguration", "sslMode"],
		"wants": {"one_of": ["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]},
		"absent": "unknown",
		"problem": "takes connections without encryption",
		"fix": `Set sslMode to "ENCRYPTED_ONLY".`,
	}],
	"redis.googleapis.com/Instance": [{
		"at": ["transitEncryptionMode"],
		"wants": {"one_of": ["SERVER_AUTHENTICATION"]},
		"absent": "unknown",
		"problem": "takes connections without encryption",
		"fix": `Set transitEncryptionMode to "SERVER_AUTHENTICATION".`,
	}],
	"google_redis_instance": [{
		"at": ["transit_encryption_mode"],
		"wants": {"one_of": ["SERVER_AUTHENTICATION"]},
		"absent": "fail",
		"problem": "takes connections without encryption",
		"fix": `Set transit_encryption_mode to "SERVER_AUTHENTICATION".`,
	}],
	"google_alloydb_instance": [{
		"at": ["client_connection_config", 0, "ssl_config", 0, "ssl_mode"],
		"wants": {"one_of": ["ENCRYPTED_ONLY"]},
		"absent": "unknown",
		"problem": "takes connections without encryption",
		"fix": `Set ssl_mode to "ENCRYPTED_ONLY" in ssl_config.`,
	}],
	"azurerm_redis_cache": [{
		"at": [["non_ssl_port_enabled"], ["enable_non_ssl_port"]],
		"wants": "false",
		"absent": "pass",
		"problem": "takes connections without encryption",
		"fix": "Set non_ssl_port_enabled to false.",
	}],
	"azurerm_postgresql_flexible_server_configuration": server_parameter,
	"azurerm_mysql_flexible_server_configuration": server_parameter,
	"azurerm_postgresql_server": single_server,
	"azurerm_mysql_server": single_server,
	"azurerm_mariadb_server": single_server,
}

search_domain := [
	{
		"at": ["domain_endpoint_options", 0, "enforce_https"],
		"wants": "true",
		"absent": "fail",
		"problem": "takes plain HTTP",
		"fix": "Set enforce_https to true in domain_endpoint_options.",
	},
	{
		"at": ["node_to_node_encryption", 0, "enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "copies data between nodes without encryption",
		"fix": "Set enabled to true in node_to_node_encryption.",
	},
]

server_parameter := [{
	"at": ["value"],
	"wants": {"one_of": ["on"]},
	"absent": "fail",
	"when": [{"at": ["name"], "wants": {"one_of": ["require_secure_transport"]}, "absent": "fail"}],
	"problem": "lets the server take connections without encryption",
	"fix": `Set the value to "on".`,
}]

single_server := [{
	"at": ["ssl_enforcement_enabled"],
	"wants": "true",
	"absent": "fail",
	"problem": "takes connections without encryption",
	"fix": "Set ssl_enforcement_enabled to true.",
}]
