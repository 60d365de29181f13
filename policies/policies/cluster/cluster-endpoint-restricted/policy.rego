# METADATA
# title: API servers of clusters answer to named networks only
# description: |
#   The API server of EKS, GKE and AKS clusters has a private end only, or names the networks that may reach its
#   public end.
# custom:
#   exhibit:
#     id: cluster-endpoint-restricted
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: The interface that governs a cluster cannot be reached from everywhere.
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A stolen credential alone does not open the cluster from elsewhere.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that access to the API server over the network is restricted.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Administration is set apart from the public network.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that access to the interface of administration is limited to what is needed.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set endpoint_public_access to false or public_access_cidrs, private_cluster_enabled or authorized_ip_ranges,
#       enable_private_endpoint or master_authorized_networks_config.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_endpoint_restricted

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_eks_cluster": [{
		"at": ["vpc_config", 0, "endpoint_public_access"],
		"wants": "false",
		"absent": "fail",
		"unless": [{"at": ["vpc_config", 0, "public_access_cidrs"], "wants": {"filled_without": ["0.0.0.0/0", "::/0"]}, "absent": "fail"}],
		"problem": "has an API server that answers to every network",
		"fix": "Set endpoint_public_access to false, or name the networks in public_access_cidrs.",
	}],
	"google_container_cluster": [{
		"at": ["private_cluster_config", 0, "enable_private_endpoint"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": ["master_authorized_networks_config", 0, "cidr_blocks"], "wants": {"excludes": ["0.0.0.0/0", "::/0"]}, "absent": "fail"}],
		"problem": "has an API server that answers to every network",
		"fix": "Set enable_private_endpoint to true, or name the networks in master_authorized_networks_config.",
	}],
	"azurerm_kubernetes_cluster": [{
		"at": ["private_cluster_enabled"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": [["api_server_access_profile", 0, "authorized_ip_ranges"], ["api_server_authorized_ip_ranges"]], "wants": {"filled_without": ["0.0.0.0/0"]}, "absent": "fail"}],
		"problem": "has an API server that answers to every network",
		"fix": "Set private_cluster_enabled to true, or name the networks in authorized_ip_ranges.",
	}],
	"Microsoft.ContainerService/managedClusters": [{
		"at": ["properties", "apiServerAccessProfile", "enablePrivateCluster"],
		"wants": "true",
		"absent": "fail",
		"unless": [{"at": ["properties", "apiServerAccessProfile", "authorizedIPRanges"], "wants": {"filled_without": ["0.0.0.0/0"]}, "absent": "fail"}],
		"problem": "has an API server that answers to every network",
		"fix": "Set enablePrivateCluster to true, or name the networks in authorizedIPRanges.",
	}],
}
