# METADATA
# title: Clusters and their nodes are kept current
# description: |
#   GKE clusters follow a release channel, node pools are upgraded and repaired by themselves, AKS clusters have an
#   upgrade channel and renew the images of their nodes.
# custom:
#   exhibit:
#     id: cluster-kept-current
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Known vulnerabilities of clusters and nodes are closed without waiting for a person.
#       - control: iso27001/a.8.8
#         strength: partial
#         rationale: Shows that technical vulnerabilities of clusters are closed by updates.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows maintenance of clusters, one part of handling vulnerabilities.
#       - control: nis2/2690.6.6
#         strength: partial
#         rationale: Security patches of clusters and nodes are applied in time.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set release_channel, auto_upgrade and auto_repair (GKE), automatic_upgrade_channel and
#       node_os_upgrade_channel (AKS).
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_kept_current

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_container_cluster": [{
		"at": ["release_channel", 0, "channel"],
		"wants": {"one_of": ["RAPID", "REGULAR", "STABLE", "EXTENDED"]},
		"absent": "unknown",
		"problem": "follows no release channel",
		"fix": "Set channel in release_channel.",
	}],
	"google_container_node_pool": [
		{
			"at": ["management", 0, "auto_upgrade"],
			"wants": "true",
			"absent": "pass",
			"problem": "does not upgrade its nodes",
			"fix": "Set auto_upgrade to true in management.",
		},
		{
			"at": ["management", 0, "auto_repair"],
			"wants": "true",
			"absent": "pass",
			"problem": "does not repair its nodes",
			"fix": "Set auto_repair to true in management.",
		},
	],
	"azurerm_kubernetes_cluster": [
		{
			"at": [["automatic_upgrade_channel"], ["automatic_channel_upgrade"]],
			"wants": {"one_of": ["patch", "rapid", "stable", "node-image"]},
			"absent": "fail",
			"problem": "has no upgrade channel",
			"fix": `Set automatic_upgrade_channel to "patch" or "stable".`,
		},
		{
			"at": [["node_os_upgrade_channel"], ["node_os_channel_upgrade"]],
			"wants": {"one_of": ["SecurityPatch", "NodeImage", "Unmanaged"]},
			"absent": "unknown",
			"problem": "does not renew the images of its nodes",
			"fix": `Set node_os_upgrade_channel to "NodeImage".`,
		},
	],
	"Microsoft.ContainerService/managedClusters": [
		{
			"at": ["properties", "autoUpgradeProfile", "upgradeChannel"],
			"wants": {"one_of": ["patch", "rapid", "stable", "node-image"]},
			"absent": "fail",
			"problem": "has no upgrade channel",
			"fix": `Set upgradeChannel to "patch" or "stable" in autoUpgradeProfile.`,
		},
		{
			"at": ["properties", "autoUpgradeProfile", "nodeOSUpgradeChannel"],
			"wants": {"one_of": ["SecurityPatch", "NodeImage", "Unmanaged"]},
			"absent": "unknown",
			"problem": "does not renew the images of its nodes",
			"fix": `Set nodeOSUpgradeChannel to "NodeImage" in autoUpgradeProfile.`,
		},
	],
}
