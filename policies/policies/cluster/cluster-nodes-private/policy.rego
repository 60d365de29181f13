# METADATA
# title: Nodes of clusters have no public end
# description: |
#   Nodes of GKE and AKS get private addresses only, and remote access to EKS nodes by SSH names the security groups
#   that it is open to.
# custom:
#   exhibit:
#     id: cluster-nodes-private
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Nodes cannot be reached from outside the boundary.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that nodes of clusters are kept off the public network.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Nodes stand in a private part of the network.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that access to nodes over the network is limited.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set enable_private_nodes to true, node_public_ip_enabled to false, and source_security_group_ids in
#       remote_access.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_nodes_private

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_container_cluster": [{
		"at": ["private_cluster_config", 0, "enable_private_nodes"],
		"wants": "true",
		"absent": "fail",
		"problem": "gives its nodes public addresses",
		"fix": "Set enable_private_nodes to true in private_cluster_config.",
	}],
	"azurerm_kubernetes_cluster": [{
		"at": [["default_node_pool", 0, "node_public_ip_enabled"], ["default_node_pool", 0, "enable_node_public_ip"]],
		"wants": "false",
		"absent": "pass",
		"problem": "gives its nodes public addresses",
		"fix": "Set node_public_ip_enabled to false.",
	}],
	"azurerm_kubernetes_cluster_node_pool": [{
		"at": [["node_public_ip_enabled"], ["enable_node_public_ip"]],
		"wants": "false",
		"absent": "pass",
		"problem": "gives its nodes public addresses",
		"fix": "Set node_public_ip_enabled to false.",
	}],
	"aws_eks_node_group": [{
		"at": ["remote_access", 0, "source_security_group_ids"],
		"wants": "reference",
		"absent": "fail",
		"unless": [{"at": ["remote_access", 0, "ec2_ssh_key"], "wants": "nothing", "absent": "pass"}],
		"problem": "opens SSH of its nodes to the internet",
		"fix": "Name the security groups in source_security_group_ids, or remove remote_access.",
	}],
	"Microsoft.ContainerService/managedClusters": [{
		"each": ["properties", "agentPoolProfiles"],
		"at": ["enableNodePublicIP"],
		"wants": "false",
		"absent": "pass",
		"problem": "gives its nodes public addresses",
		"fix": "Set enableNodePublicIP to false.",
	}],
	"Microsoft.ContainerService/managedClusters/agentPools": [{
		"at": ["properties", "enableNodePublicIP"],
		"wants": "false",
		"absent": "pass",
		"problem": "gives its nodes public addresses",
		"fix": "Set enableNodePublicIP to false.",
	}],
}
