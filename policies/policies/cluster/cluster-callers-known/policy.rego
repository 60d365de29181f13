# METADATA
# title: Clusters authenticate and authorise every caller
# description: |
#   Access to the API server goes through roles and identities of the platform - no legacy authorisation, no client
#   certificates or local accounts that live on when somebody leaves. EKS clusters manage access by access entries.
# custom:
#   exhibit:
#     id: cluster-callers-known
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Who calls the API server is known and has rights by role.
#       - control: soc2/cc6.2
#         strength: supporting
#         rationale: Access to clusters ends with the identity, since there are no local accounts.
#       - control: iso27001/a.8.5
#         strength: partial
#         rationale: Shows that clusters authenticate their callers by the platform.
#       - control: iso27001/a.8.3
#         strength: supporting
#         rationale: Rights within the cluster are given by role.
#       - control: nis2/2690.11.6
#         strength: partial
#         rationale: Callers of the API server are authenticated by managed identities.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set local_account_disabled and role_based_access_control_enabled to true, enable_legacy_abac and
#       issue_client_certificate to false, authentication_mode to API.
#     since: "2026-11-25"
#     inputs: [terraform-plan, arm]
package exhibit.policies.cluster_callers_known

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_eks_cluster": [{
		"at": ["access_config", 0, "authentication_mode"],
		"wants": {"one_of": ["API", "API_AND_CONFIG_MAP"]},
		"absent": "unknown",
		"problem": "takes access from a config map only",
		"fix": `Set authentication_mode to "API" in access_config.`,
	}],
	"google_container_cluster": [
		{
			"at": ["enable_legacy_abac"],
			"wants": "false",
			"absent": "pass",
			"problem": "has legacy authorisation on",
			"fix": "Set enable_legacy_abac to false.",
		},
		{
			"at": ["master_auth", 0, "client_certificate_config", 0, "issue_client_certificate"],
			"wants": "false",
			"absent": "pass",
			"problem": "issues a client certificate that cannot be revoked",
			"fix": "Set issue_client_certificate to false.",
		},
	],
	"azurerm_kubernetes_cluster": [
		{
			"at": ["local_account_disabled"],
			"wants": "true",
			"absent": "fail",
			"problem": "has local accounts",
			"fix": "Set local_account_disabled to true.",
		},
		{
			"at": ["role_based_access_control_enabled"],
			"wants": "true",
			"absent": "pass",
			"problem": "has no roles",
			"fix": "Set role_based_access_control_enabled to true.",
		},
	],
	"Microsoft.ContainerService/managedClusters": [
		{
			"at": ["properties", "disableLocalAccounts"],
			"wants": "true",
			"absent": "fail",
			"problem": "has local accounts",
			"fix": "Set disableLocalAccounts to true.",
		},
		{
			"at": ["properties", "enableRBAC"],
			"wants": "true",
			"absent": "pass",
			"problem": "has no roles",
			"fix": "Set enableRBAC to true.",
		},
	],
}
