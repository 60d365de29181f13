# METADATA
# title: Services refuse TLS before 1.2
# description: |
#   Storage accounts, SQL servers, caches, brokers, web apps, load balancers and API domains state a smallest TLS
#   version of 1.2 or 1.3. Listeners of AWS load balancers and CloudFront are looked at by tls-required.
# custom:
#   exhibit:
#     id: tls-version-minimum
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.7
#         strength: partial
#         rationale: Connections cannot fall back to protocol versions with known weaknesses.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the smallest protocol version of the rule on cryptography is applied to each service.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows that outdated protocols are refused, one part of the use of cryptography.
#       - control: nis2/2690.9.2
#         strength: partial
#         rationale: The protocols in use are those that the policy on cryptography allows.
#       - control: nis2/2690.6.7
#         strength: supporting
#         rationale: Shows that services on the network speak current protocols only.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set the smallest TLS version of the service to 1.2 or newer.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.tls_version_minimum

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_storage_account": [{
		"at": ["min_tls_version"],
		"wants": {"one_of": ["TLS1_2", "TLS1_3"]},
		"absent": "unknown",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set min_tls_version to "TLS1_2".`,
	}],
	"azurerm_mssql_server": named_minimum,
	"azurerm_redis_cache": named_minimum,
	"azurerm_servicebus_namespace": named_minimum,
	"azurerm_eventhub_namespace": named_minimum,
	"azurerm_cosmosdb_account": [{
		"at": ["minimal_tls_version"],
		"wants": {"one_of": ["Tls12"]},
		"absent": "pass",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minimal_tls_version to "Tls12".`,
	}],
	"azurerm_linux_web_app": app,
	"azurerm_windows_web_app": app,
	"azurerm_linux_function_app": app,
	"azurerm_windows_function_app": app,
	"azurerm_application_gateway": [{
		"at": ["ssl_policy", 0, "min_protocol_version"],
		"wants": {"one_of": ["TLSv1_2", "TLSv1_3"]},
		"absent": "unknown",
		"unless": [{"at": ["ssl_policy", 0, "policy_name"], "wants": {"one_of": ["AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"]}, "absent": "fail"}],
		"problem": "takes TLS versions before 1.2",
		"fix": `Set a custom ssl_policy with min_protocol_version "TLSv1_2", or a predefined policy of 2022.`,
	}],
	"google_compute_ssl_policy": [{
		"at": ["min_tls_version"],
		"wants": {"one_of": ["TLS_1_2", "TLS_1_3"]},
		"absent": "fail",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set min_tls_version to "TLS_1_2".`,
	}],
	"aws_api_gateway_domain_name": [{
		"at": ["security_policy"],
		"wants": {"like": `^(tls_1_2$|securitypolicy_tls1[23]_)`},
		"absent": "unknown",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set security_policy to "TLS_1_2".`,
	}],
	"aws_opensearch_domain": search_domain,
	"aws_elasticsearch_domain": search_domain,
	"aws_transfer_server": [{
		"at": ["security_policy_name"],
		"wants": {"unlike": `-(2018-11|2020-06)$`},
		"absent": "fail",
		"problem": "offers ciphers that are no longer held to be safe",
		"fix": `Set security_policy_name to "TransferSecurityPolicy-2024-01".`,
	}],
	"Microsoft.Storage/storageAccounts": [{
		"at": ["properties", "minimumTlsVersion"],
		"wants": {"one_of": ["TLS1_2", "TLS1_3"]},
		"absent": "unknown",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minimumTlsVersion to "TLS1_2".`,
	}],
	"Microsoft.Sql/servers": [{
		"at": ["properties", "minimalTlsVersion"],
		"wants": {"one_of": ["1.2", "1.3"]},
		"absent": "unknown",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minimalTlsVersion to "1.2".`,
	}],
	"Microsoft.Cache/redis": arm_redis,
	"Microsoft.ServiceBus/namespaces": arm_redis,
	"Microsoft.EventHub/namespaces": arm_redis,
	"Microsoft.DocumentDB/databaseAccounts": [{
		"at": ["properties", "minimalTlsVersion"],
		"wants": {"one_of": ["Tls12"]},
		"absent": "pass",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minimalTlsVersion to "Tls12".`,
	}],
	"Microsoft.Web/sites": [{
		"at": ["properties", "siteConfig", "minTlsVersion"],
		"wants": {"one_of": ["1.2", "1.3"]},
		"absent": "pass",
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minTlsVersion to "1.2" in siteConfig.`,
	}],
	"Microsoft.Web/sites/config": [{
		"at": ["properties", "minTlsVersion"],
		"wants": {"one_of": ["1.2", "1.3"]},
		"absent": "pass",
		"when": [{"at": ["name"], "wants": {"like": "(^|/)web$"}, "absent": "fail"}],
		"problem": "takes TLS versions before 1.2",
		"fix": `Set minTlsVersion to "1.2".`,
	}],
}

named_minimum := [{
	"at": ["minimum_tls_version"],
	"wants": {"one_of": ["1.2", "1.3"]},
	"absent": "unknown",
	"problem": "takes TLS versions before 1.2",
	"fix": `Set minimum_tls_version to "1.2".`,
}]

app := [{
	"at": ["site_config", 0, "minimum_tls_version"],
	"wants": {"one_of": ["1.2", "1.3"]},
	"absent": "pass",
	"problem": "takes TLS versions before 1.2",
	"fix": `Set minimum_tls_version to "1.2" in site_config.`,
}]

search_domain := [{
	"at": ["domain_endpoint_options", 0, "tls_security_policy"],
	"wants": {"like": `^policy-min-tls-1-[23]-`},
	"absent": "fail",
	"problem": "takes TLS versions before 1.2",
	"fix": `Set tls_security_policy to "Policy-Min-TLS-1-2-PFS-2023-10".`,
}]

arm_redis := [{
	"at": ["properties", "minimumTlsVersion"],
	"wants": {"one_of": ["1.2", "1.3"]},
	"absent": "unknown",
	"problem": "takes TLS versions before 1.2",
	"fix": `Set minimumTlsVersion to "1.2".`,
}]
