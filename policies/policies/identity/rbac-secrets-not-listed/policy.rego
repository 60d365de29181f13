# METADATA
# title: Roles do not read every Secret
# description: |
#   No Role or ClusterRole may list or watch Secrets, which gives their contents, and no ClusterRole may get them without
#   naming them. The roles that Kubernetes itself brings are not left out.
# custom:
#   exhibit:
#     id: rbac-secrets-not-listed
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials in a cluster are readable only by those that are given one by name.
#       - control: soc2/c1.1
#         strength: supporting
#         rationale: Confidential values are not open to every workload with a role.
#       - control: iso27001/a.8.3
#         strength: partial
#         rationale: Shows that access to secrets is limited to what is named.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that access is given where it is needed.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows that access control is applied to secrets of clusters.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Allow only get, and name the Secrets in resourceNames; use a Role of one namespace.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.rbac_secrets_not_listed

import data.lib.rbac
import data.lib.resources

population contains resources.subject(r) if some r in rbac.roles

violations contains resources.violation(r, message, ["rules", i, "verbs"], "Allow get only, with resourceNames.") if {
	some r in rbac.roles
	some [i, rule] in rbac.rules(r)
	rbac.covers(rule, "", "secrets")
	verbs := rbac.verbs(rule, ["list", "watch"])
	count(verbs) > 0
	message := sprintf("%s may %s every Secret%s.", [r.id, concat(" and ", verbs), where(r)])
}

violations contains resources.violation(r, message, ["rules", i], "Name the Secrets in resourceNames.") if {
	some r in rbac.roles
	startswith(r.native_type, "ClusterRole")
	some [i, rule] in rbac.rules(r)
	rbac.covers(rule, "", "secrets")
	count(rbac.verbs(rule, ["list", "watch"])) == 0
	count(rbac.verbs(rule, ["get"])) > 0
	count(resources.list(object.get(rule, "resourceNames", null))) == 0
	message := sprintf("%s may get every Secret%s.", [r.id, where(r)])
}

where(r) := " of the cluster" if {
	startswith(r.native_type, "ClusterRole")
} else := " of its namespace"
