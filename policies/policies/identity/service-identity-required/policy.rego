# METADATA
# title: Services take identities, not shared keys
# description: |
#   Services of the platform that can be used with a shared key, an administrator account or without any identity
#   have that switched off. Callers then show their own identity, which can be revoked and is logged. Caches ask for
#   a password or an identity at least.
# custom:
#   exhibit:
#     id: service-identity-required
#     severity: medium
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Access to these services needs an identity, not a key that many may hold.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Rights can be given and taken by identity, since no shared key goes around them.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that services authenticate their callers.
#       - control: iso27001/a.5.16
#         strength: supporting
#         rationale: Callers of services are identities that somebody manages.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows one technical measure of access control for services.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Callers are authenticated in a way that is tied to one identity.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Switch off local authentication, shared keys and administrator accounts of the service; give its callers
#       roles.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.service_identity_required

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_storage_account": [{
		"at": ["shared_access_key_enabled"],
		"wants": "false",
		"absent": "fail",
		"problem": "can be used with its account key",
		"fix": "Set shared_access_key_enabled to false.",
	}],
	"azurerm_container_registry": [
		{
			"at": ["admin_enabled"],
			"wants": "false",
			"absent": "pass",
			"problem": "has an administrator account with a shared password",
			"fix": "Set admin_enabled to false.",
		},
		{
			"at": ["anonymous_pull_enabled"],
			"wants": "false",
			"absent": "pass",
			"problem": "lets anybody pull images",
			"fix": "Set anonymous_pull_enabled to false.",
		},
	],
	"azurerm_cosmosdb_account": [{
		"at": [["local_authentication_enabled"]],
		"wants": "false",
		"absent": "fail",
		"unless": [{"at": ["local_authentication_disabled"], "wants": "true", "absent": "fail"}],
		"problem": "can be used with its account key",
		"fix": "Set local_authentication_enabled to false.",
	}],
	"azurerm_servicebus_namespace": local_auth,
	"azurerm_cognitive_account": local_auth,
	"azurerm_eventhub_namespace": local_authentication,
	"azurerm_search_service": local_authentication,
	"azurerm_redis_cache": [{
		"at": ["access_keys_authentication_enabled"],
		"wants": "false",
		"absent": "fail",
		"problem": "can be used with its access key",
		"fix": "Set access_keys_authentication_enabled to false.",
	}],
	"google_redis_instance": [{
		"at": ["auth_enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "answers without a password",
		"fix": "Set auth_enabled to true.",
	}],
	"aws_elasticache_replication_group": [{
		"at": ["auth_token"],
		"wants": "something",
		"absent": "fail",
		"unless": [{"at": ["user_group_ids"], "wants": "reference", "absent": "fail"}],
		"problem": "answers without a password or an identity",
		"fix": "Set user_group_ids, or auth_token.",
	}],
	"Microsoft.Storage/storageAccounts": [{
		"at": ["properties", "allowSharedKeyAccess"],
		"wants": "false",
		"absent": "fail",
		"problem": "can be used with its account key",
		"fix": "Set allowSharedKeyAccess to false.",
	}],
	"Microsoft.ContainerRegistry/registries": [
		{
			"at": ["properties", "adminUserEnabled"],
			"wants": "false",
			"absent": "pass",
			"problem": "has an administrator account with a shared password",
			"fix": "Set adminUserEnabled to false.",
		},
		{
			"at": ["properties", "anonymousPullEnabled"],
			"wants": "false",
			"absent": "pass",
			"problem": "lets anybody pull images",
			"fix": "Set anonymousPullEnabled to false.",
		},
	],
	"Microsoft.DocumentDB/databaseAccounts": [{
		"at": ["properties", "disableLocalAuth"],
		"wants": "true",
		"absent": "fail",
		"problem": "can be used with its account key",
		"fix": "Set disableLocalAuth to true.",
	}],
	"Microsoft.ServiceBus/namespaces": arm_namespaces,
	"Microsoft.EventHub/namespaces": arm_namespaces,
	"Microsoft.CognitiveServices/accounts": arm_namespaces,
	"Microsoft.Search/searchServices": arm_namespaces,
	"Microsoft.Cache/redis": [{
		"at": ["properties", "disableAccessKeyAuthentication"],
		"wants": "true",
		"absent": "fail",
		"problem": "can be used with its access key",
		"fix": "Set disableAccessKeyAuthentication to true.",
	}],
}

local_auth := [{
	"at": ["local_auth_enabled"],
	"wants": "false",
	"absent": "fail",
	"problem": "can be used with a shared key",
	"fix": "Set local_auth_enabled to false.",
}]

local_authentication := [{
	"at": ["local_authentication_enabled"],
	"wants": "false",
	"absent": "fail",
	"problem": "can be used with a shared key",
	"fix": "Set local_authentication_enabled to false.",
}]

arm_namespaces := [{
	"at": ["properties", "disableLocalAuth"],
	"wants": "true",
	"absent": "fail",
	"problem": "can be used with a shared key",
	"fix": "Set disableLocalAuth to true.",
}]
