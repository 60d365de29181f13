# METADATA
# title: Nobody is bound to cluster-admin
# description: |
#   No binding gives the role cluster-admin, nor the roles admin or edit in the whole cluster, and none names the group
#   system:masters. The binding that Kubernetes itself brings is not left out - waive it by an override.
# custom:
#   exhibit:
#     id: rbac-no-cluster-admin
#     severity: critical
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Full power over a cluster is given by exception, with an owner and an end.
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Shows that no role of all rights is granted in code.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Finds privileged access to a cluster where it is granted.
#       - control: iso27001/a.5.18
#         strength: supporting
#         rationale: Shows that the widest right of a cluster is not given out by ordinary changes.
#       - control: nis2/21.2.i
#         strength: partial
#         rationale: Shows that access control is applied to the administration of clusters.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Bind a role with the verbs and resources that are needed, in the namespace where they are needed.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.rbac_no_cluster_admin

import data.lib.rbac
import data.lib.resources

population contains resources.subject(r) if some r in rbac.bindings

violations contains resources.violation(r, message, ["roleRef", "name"], "Bind a role with the rights that are needed.") if {
	some r in rbac.bindings
	object.get(r.values, ["roleRef", "kind"], null) == "ClusterRole"
	role := object.get(r.values, ["roleRef", "name"], null)
	too_much(r, role)
	message := sprintf("%s gives the role %s.", [r.id, role])
}

violations contains resources.violation(r, message, ["subjects", i, "name"], "Name a group of your own.") if {
	some r in rbac.bindings
	some [i, subject] in rbac.subjects(r)
	subject.kind == "Group"
	subject.name == "system:masters"
	message := sprintf("%s names the group system:masters, which no rule of the cluster limits.", [r.id])
}

too_much(_, "cluster-admin")

too_much(r, role) if {
	role in {"admin", "edit"}
	startswith(r.native_type, "ClusterRoleBinding")
}
