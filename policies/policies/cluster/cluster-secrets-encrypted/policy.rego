# METADATA
# title: Clusters encrypt their secrets with a key of their own
# description: |
#   Secrets in the store of the cluster (etcd) are encrypted with a key of the account, on top of what the provider
#   does for its disks - encryption_config of EKS, database_encryption of GKE, key_management_service of AKS.
# custom:
#   exhibit:
#     id: cluster-secrets-encrypted
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Secrets of workloads cannot be read from the store or a copy of it.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows encryption of secrets with a key that is managed.
#       - control: nis2/21.2.h
#         strength: supporting
#         rationale: Shows one use of cryptography for secrets of workloads.
#       - control: nis2/2690.9.2
#         strength: supporting
#         rationale: Secrets in clusters are encrypted at rest with a managed key.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Add encryption_config with resources ["secrets"], database_encryption with state ENCRYPTED, or
#       key_management_service.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_secrets_encrypted

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_eks_cluster": [{
		"at": ["encryption_config", 0, "resources"],
		"wants": {"contains": ["secrets"]},
		"absent": "fail",
		"problem": "keeps secrets without a key of its own",
		"fix": `Add encryption_config with resources ["secrets"].`,
	}],
	"google_container_cluster": [{
		"at": ["database_encryption", 0, "state"],
		"wants": {"one_of": ["ENCRYPTED"]},
		"absent": "fail",
		"problem": "keeps secrets without a key of its own",
		"fix": `Set state to "ENCRYPTED" in database_encryption.`,
	}],
	"azurerm_kubernetes_cluster": [{
		"at": ["key_management_service", 0, "key_vault_key_id"],
		"wants": "reference",
		"absent": "fail",
		"problem": "keeps secrets without a key of its own",
		"fix": "Add key_management_service.",
	}],
	"Microsoft.ContainerService/managedClusters": [{
		"at": ["properties", "securityProfile", "azureKeyVaultKms", "enabled"],
		"wants": "true",
		"absent": "fail",
		"problem": "keeps secrets without a key of its own",
		"fix": "Set enabled to true in azureKeyVaultKms of securityProfile, with a keyId.",
	}],
}
