# METADATA
# title: Containers are not privileged
# description: |
#   No container is privileged, may gain privileges after its start, or adds capabilities of the kernel other than
#   NET_BIND_SERVICE. Init and ephemeral containers are judged too; Windows pods have no such settings and are left out.
# custom:
#   exhibit:
#     id: container-not-privileged
#     severity: critical
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A program in a container cannot take over the machine, and with it the data of its neighbours.
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Software that gets into a container cannot install itself on the host.
#       - control: iso27001/a.8.2
#         strength: partial
#         rationale: Shows that privileged access of workloads to the host is refused unless an override allows it.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a secure configuration is required of each container.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows one measure against tampering with it.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove privileged and added capabilities, and set allowPrivilegeEscalation to false in the container's securityContext.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package exhibit.policies.container_not_privileged

import data.lib.resources

harmless := {"NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"}

population contains resources.subject(r) if some r in judged

violations contains resources.edited(r, found, at, false) if {
	some r in judged
	at := ["securityContext", "privileged"]
	resources.is_true(resources.attribute(r, at).value)
	message := sprintf("Container %s is privileged: it has the whole host.", [r.name])
	found := resources.violation(r, message, at, "Remove privileged, or set it to false.")
}

# Not written means allowed.
violations contains resources.edited(r, found, at, false) if {
	some r in judged
	at := ["securityContext", "allowPrivilegeEscalation"]
	not resources.is_false(resources.attribute(r, at).value)
	message := sprintf("Container %s may gain more privileges than it starts with.", [r.name])
	found := resources.violation(r, message, at, "Set allowPrivilegeEscalation to false.")
}

violations contains resources.violation(r, message, ["securityContext", "capabilities", "add", i], fix) if {
	some r in judged
	some i, capability in resources.list(object.get(r.values, ["securityContext", "capabilities", "add"], []))
	not upper(capability) in harmless
	message := sprintf("Container %s adds the kernel capability %s.", [r.name, capability])
	fix := sprintf("Remove %s from capabilities.add.", [capability])
}

violations contains resources.violation(r, message, at, "Remove procMount.") if {
	some r in judged
	at := ["securityContext", "procMount"]
	resources.attribute(r, at).value == "Unmasked"
	message := sprintf("Container %s sees the unmasked /proc of the kernel.", [r.name])
}

judged := [r | some r in resources.of_type("container"); not windows(r)]

windows(r) if r.pod.os.name == "windows"
