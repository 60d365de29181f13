# METADATA
# title: Clusters enforce network policies
# description: |
#   GKE and AKS clusters have an engine that enforces network policies. Without one, the cluster takes the policies
#   and does nothing about them.
# custom:
#   exhibit:
#     id: cluster-network-policy-on
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Traffic between workloads can be restricted inside the cluster.
#       - control: iso27001/a.8.22
#         strength: partial
#         rationale: Shows that networks of workloads can be set apart within a cluster.
#       - control: nis2/2690.6.8
#         strength: partial
#         rationale: Segmentation inside the cluster is enforced.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set datapath_provider ADVANCED_DATAPATH or network_policy (GKE), network_policy in network_profile (AKS).
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_network_policy_on

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_container_cluster": [{
		"at": ["network_policy", 0, "enabled"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": ["datapath_provider"], "wants": {"one_of": ["ADVANCED_DATAPATH"]}, "absent": "fail"}, {"at": ["enable_autopilot"], "wants": "true", "absent": "fail"}],
		"problem": "does not enforce network policies",
		"fix": `Set datapath_provider to "ADVANCED_DATAPATH", or enabled to true in network_policy.`,
	}],
	"azurerm_kubernetes_cluster": [{
		"at": ["network_profile", 0, "network_policy"],
		"wants": {"one_of": ["azure", "calico", "cilium"]},
		"absent": "fail",
		"problem": "does not enforce network policies",
		"fix": "Set network_policy in network_profile.",
	}],
	"Microsoft.ContainerService/managedClusters": [{
		"at": ["properties", "networkProfile", "networkPolicy"],
		"wants": {"one_of": ["azure", "calico", "cilium"]},
		"absent": "fail",
		"problem": "does not enforce network policies",
		"fix": "Set networkPolicy in networkProfile.",
	}],
}
