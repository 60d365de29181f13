# METADATA
# title: Data stores answer to named networks only
# description: |
#   Storage accounts, key vaults, registries, managed disks and Cosmos DB refuse networks that are not named, or have no public end
#   at all; search domains stand in a private network; Cloud SQL does not authorise the whole internet.
# custom:
#   exhibit:
#     id: store-network-restricted
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Data stores cannot be reached from outside the boundary except from networks that are named.
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A stolen key or password alone does not open the store from elsewhere.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that access to data stores over the network is restricted.
#       - control: iso27001/a.8.22
#         strength: partial
#         rationale: Shows that data stores are set apart from the public network.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that access to data stores over the network is limited to what is needed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Switch off public network access, or set the default action of the network rules to Deny and name the
#       networks that need access.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.store_network_restricted

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"azurerm_storage_account": [{
		"at": ["network_rules", 0, "default_action"],
		"wants": {"one_of": ["Deny"]},
		"absent": "fail",
		"unless": [{"at": ["public_network_access_enabled"], "wants": "false", "absent": "fail"}],
		"problem": "answers to every network",
		"fix": `Set public_network_access_enabled to false, or default_action to "Deny" in network_rules.`,
	}],
	"azurerm_storage_account_network_rules": [{
		"at": ["default_action"],
		"wants": {"one_of": ["Deny"]},
		"absent": "fail",
		"problem": "lets the storage account answer to every network",
		"fix": `Set default_action to "Deny".`,
	}],
	"azurerm_key_vault": [{
		"at": ["network_acls", 0, "default_action"],
		"wants": {"one_of": ["Deny"]},
		"absent": "fail",
		"unless": [{"at": ["public_network_access_enabled"], "wants": "false", "absent": "fail"}],
		"problem": "answers to every network",
		"fix": `Set public_network_access_enabled to false, or default_action to "Deny" in network_acls.`,
	}],
	"azurerm_container_registry": [{
		"at": ["network_rule_set", 0, "default_action"],
		"wants": {"one_of": ["Deny"]},
		"absent": "fail",
		"unless": [{"at": ["public_network_access_enabled"], "wants": "false", "absent": "fail"}],
		"problem": "answers to every network",
		"fix": `Set public_network_access_enabled to false, or default_action to "Deny" in network_rule_set.`,
	}],
	"azurerm_managed_disk": [{
		"at": ["network_access_policy"],
		"wants": {"one_of": ["DenyAll", "AllowPrivate"]},
		"absent": "fail",
		"unless": [{"at": ["public_network_access_enabled"], "wants": "false", "absent": "fail"}],
		"problem": "can be copied over every network",
		"fix": `Set network_access_policy to "DenyAll", or public_network_access_enabled to false.`,
	}],
	"azurerm_cosmosdb_account": [{
		"at": ["is_virtual_network_filter_enabled"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": ["public_network_access_enabled"], "wants": "false", "absent": "fail"}, {"at": [["ip_range_filter"]], "wants": "something", "absent": "fail"}],
		"problem": "answers to every network",
		"fix": "Set public_network_access_enabled to false, or filter by virtual network.",
	}],
	"aws_opensearch_domain": search_domain,
	"aws_elasticsearch_domain": search_domain,
	"google_sql_database_instance": [{
		"each": ["settings", 0, "ip_configuration", 0, "authorized_networks"],
		"at": ["value"],
		"wants": {"none_of": ["0.0.0.0/0", "::/0"]},
		"absent": "fail",
		"problem": "authorises the whole internet",
		"fix": "Name the networks that need the database in authorized_networks.",
	}],
	"Microsoft.Storage/storageAccounts": arm_accounts,
	"Microsoft.KeyVault/vaults": arm_accounts,
	"Microsoft.ContainerRegistry/registries": [{
		"at": ["properties", "networkRuleSet", "defaultAction"],
		"wants": {"one_of": ["Deny"]},
		"absent": "fail",
		"unless": [{"at": ["properties", "publicNetworkAccess"], "wants": {"one_of": ["Disabled", "SecuredByPerimeter"]}, "absent": "fail"}],
		"problem": "answers to every network",
		"fix": `Set publicNetworkAccess to "Disabled", or defaultAction to "Deny" in networkRuleSet.`,
	}],
	"Microsoft.DocumentDB/databaseAccounts": [{
		"at": ["properties", "isVirtualNetworkFilterEnabled"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": ["properties", "publicNetworkAccess"], "wants": {"one_of": ["Disabled", "SecuredByPerimeter"]}, "absent": "fail"}, {"at": ["properties", "ipRules"], "wants": "something", "absent": "fail"}],
		"problem": "answers to every network",
		"fix": `Set publicNetworkAccess to "Disabled", or filter by virtual network.`,
	}],
	"Microsoft.Compute/disks": [{
		"at": ["properties", "networkAccessPolicy"],
		"wants": {"one_of": ["DenyAll", "AllowPrivate"]},
		"absent": "fail",
		"unless": [{"at": ["properties", "publicNetworkAccess"], "wants": {"one_of": ["Disabled"]}, "absent": "fail"}],
		"problem": "can be copied over every network",
		"fix": `Set networkAccessPolicy to "DenyAll".`,
	}],
}

search_domain := [{
	"at": ["vpc_options", 0, "subnet_ids"],
	"wants": "reference",
	"absent": "fail",
	"problem": "has an end on the public network",
	"fix": "Place the domain in a VPC with vpc_options.",
}]

arm_accounts := [{
	"at": ["properties", "networkAcls", "defaultAction"],
	"wants": {"one_of": ["Deny"]},
	"absent": "fail",
	"unless": [{"absent": "fail", "at": ["properties", "publicNetworkAccess"], "wants": {"one_of": ["Disabled", "SecuredByPerimeter"]}}],
	"problem": "answers to every network",
	"fix": `Set publicNetworkAccess to "Disabled", or defaultAction to "Deny" in networkAcls.`,
}]
