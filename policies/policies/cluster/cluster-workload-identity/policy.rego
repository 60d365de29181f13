# METADATA
# title: Workloads of clusters use identities of their own
# description: |
#   GKE and AKS clusters have workload identity on, so that a pod gets the rights of its own account and not those
#   of the node. Node pools of GKE keep the metadata server from handing out the credentials of the node.
# custom:
#   exhibit:
#     id: cluster-workload-identity
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: A workload has its own identity, and no long-lived key.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Rights can be given to one workload instead of to all on a node.
#       - control: iso27001/a.8.2
#         strength: supporting
#         rationale: Workloads do not inherit the rights of the machine that they run on.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that workloads authenticate with short-lived credentials.
#       - control: nis2/2690.11.5
#         strength: supporting
#         rationale: Each workload can be told apart by its identity.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set workload_pool in workload_identity_config, workload_identity_enabled and oidc_issuer_enabled, and mode
#       GKE_METADATA.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_workload_identity

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_container_cluster": [{
		"at": ["workload_identity_config", 0, "workload_pool"],
		"wants": "reference",
		"absent": "fail",
		"unless": [{"at": ["enable_autopilot"], "wants": "true", "absent": "fail"}],
		"problem": "gives pods the identity of their node",
		"fix": "Set workload_pool in workload_identity_config.",
	}],
	"google_container_node_pool": [{
		"at": ["node_config", 0, "workload_metadata_config", 0, "mode"],
		"wants": {"one_of": ["GKE_METADATA"]},
		"absent": "unknown",
		"problem": "gives pods the identity of their node",
		"fix": `Set mode to "GKE_METADATA" in workload_metadata_config.`,
	}],
	"azurerm_kubernetes_cluster": [
		{
			"at": ["workload_identity_enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "gives pods no identity of their own",
			"fix": "Set workload_identity_enabled to true.",
		},
		{
			"at": ["oidc_issuer_enabled"],
			"wants": "true",
			"absent": "unknown",
			"problem": "issues no tokens that other services can check",
			"fix": "Set oidc_issuer_enabled to true.",
		},
	],
	"Microsoft.ContainerService/managedClusters": [
		{
			"at": ["properties", "securityProfile", "workloadIdentity", "enabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "gives pods no identity of their own",
			"fix": "Set enabled to true in workloadIdentity of securityProfile.",
		},
		{
			"at": ["properties", "oidcIssuerProfile", "enabled"],
			"wants": "true",
			"absent": "unknown",
			"problem": "issues no tokens that other services can check",
			"fix": "Set enabled to true in oidcIssuerProfile.",
		},
	],
}
