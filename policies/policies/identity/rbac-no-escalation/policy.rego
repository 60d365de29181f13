# METADATA
# title: Roles give no way to more rights
# description: |
#   No role may escalate or bind roles, impersonate users, groups or service accounts, make tokens of service accounts,
#   approve certificates or reach nodes through their proxy. Each of these is worth every right in the cluster.
# custom:
#   exhibit:
#     id: rbac-no-escalation
#     severity: high
#     owner: identity
#     controls:
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Nobody can give themselves rights that were not granted.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Finds permissions that amount to full administration.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that the way by which access is granted cannot be passed.
#       - control: nis2/21.2.i
#         strength: supporting
#         rationale: Shows that access control of clusters cannot be passed from within.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove the verb. An operator that must have it gets it by name (resourceNames) and an override.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.rbac_no_escalation

import data.lib.rbac
import data.lib.resources

# Rights that lead to others: [API group, resource, verbs, what they do].
ways := [
	["rbac.authorization.k8s.io", "roles", ["escalate"], "widen roles beyond its own rights"],
	["rbac.authorization.k8s.io", "clusterroles", ["escalate"], "widen roles beyond its own rights"],
	["rbac.authorization.k8s.io", "roles", ["bind"], "give roles that it does not hold"],
	["rbac.authorization.k8s.io", "clusterroles", ["bind"], "give roles that it does not hold"],
	["", "users", ["impersonate"], "act as another user"],
	["", "groups", ["impersonate"], "act as a member of any group"],
	["", "serviceaccounts", ["impersonate"], "act as another workload"],
	["", "serviceaccounts/token", ["create"], "make tokens of other workloads"],
	["", "nodes/proxy", ["get", "create"], "run commands in every pod of a node"],
	["certificates.k8s.io", "certificatesigningrequests/approval", ["update", "patch"], "approve certificates for any user"],
]

population contains resources.subject(r) if some r in rbac.roles

violations contains resources.violation(r, message, ["rules", i], "Remove the right, or name what it is needed for in resourceNames.") if {
	some r in rbac.roles
	some [i, rule] in rbac.rules(r)
	some way in ways
	rbac.covers(rule, way[0], way[1])
	count(rbac.verbs(rule, way[2])) > 0
	not narrowed(rule)
	message := sprintf("%s may %s (%s on %s).", [r.id, way[3], concat(", ", rbac.verbs(rule, way[2])), way[1]])
}

# Names narrow a right, but not the names of those who may do everything.
narrowed(rule) if {
	names := resources.list(object.get(rule, "resourceNames", null))
	count(names) > 0
	every name in names { not name in {"cluster-admin", "system:masters"} }
}
