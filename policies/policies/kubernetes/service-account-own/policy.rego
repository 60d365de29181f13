# METADATA
# title: Workloads have a service account of their own
# description: |
#   No workload runs as the service account default, and nothing is granted to an account of that name: every pod that
#   names no account would get it too.
# custom:
#   exhibit:
#     id: service-account-own
#     severity: low
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Each workload can be told by its identity, so that what it may do can be given and taken away alone.
#       - control: soc2/cc6.3
#         strength: supporting
#         rationale: Shows that rights are given to one workload, not to all in a namespace.
#       - control: iso27001/a.5.16
#         strength: supporting
#         rationale: Shows that workloads have identities of their own.
#       - control: iso27001/a.5.15
#         strength: supporting
#         rationale: Shows that access is given to the one who needs it.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Make a ServiceAccount for the workload, name it in serviceAccountName, and grant to it what default was granted.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.service_account_own

import data.lib.pods
import data.lib.rbac
import data.lib.resources

population contains resources.subject(r) if some r in array.concat(pods.workloads, rbac.bindings)

violations contains resources.violation(r, message, at, "Name a service account of its own.") if {
	some r in pods.workloads
	at := pods.at(r, ["serviceAccountName"])
	object.get(r.values, at, null) in {null, "", "default"}
	message := sprintf("%s runs as the service account default.", [r.id])
}

violations contains resources.violation(r, message, ["subjects", i], "Name the service account of the workload that needs it.") if {
	some r in rbac.bindings
	some [i, subject] in rbac.subjects(r)
	is_default(subject)
	message := sprintf("%s grants its role to the service account default.", [r.id])
}

is_default(subject) if {
	subject.kind == "ServiceAccount"
	subject.name == "default"
}

# The same account in the words of the API's authentication.
is_default(subject) if {
	subject.kind == "User"
	regex.match(`^system:serviceaccount:[^:]*:default$`, subject.name)
}
