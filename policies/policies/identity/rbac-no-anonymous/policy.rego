# METADATA
# title: Nothing is granted to everyone
# description: |
#   No binding names system:anonymous, system:unauthenticated or system:authenticated. The last one holds every service
#   account, and with some providers every account of the provider. What Kubernetes itself grants them is not left out -
#   waive it by an override.
# custom:
#   exhibit:
#     id: rbac-no-anonymous
#     severity: critical
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Nobody gets into a cluster without being known and named.
#       - control: iso27001/a.5.15
#         strength: partial
#         rationale: Shows that access is given to named people and workloads.
#       - control: iso27001/a.8.3
#         strength: supporting
#         rationale: Shows that no right is open to everyone.
#       - control: nis2/21.2.i
#         strength: partial
#         rationale: Shows that access without authentication is refused.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Name the users, groups or service accounts that need the role.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.rbac_no_anonymous

import data.lib.rbac
import data.lib.resources

everyone := {
	"system:anonymous": "anyone without an account",
	"system:unauthenticated": "anyone without an account",
	"system:authenticated": "every account",
	"system:serviceaccounts": "every workload",
}

population contains resources.subject(r) if some r in rbac.bindings

violations contains resources.violation(r, message, ["subjects", i, "name"], "Name who needs the role.") if {
	some r in rbac.bindings
	some [i, subject] in rbac.subjects(r)
	subject.kind in {"User", "Group"}
	who := everyone[subject.name]
	message := sprintf("%s grants its role to %s (%s).", [r.id, who, subject.name])
}
