# METADATA
# title: Containers state their resources
# description: |
#   Every container and init container has a limit of memory, and a request or a limit of CPU, itself or through its
#   pod. A CPU limit is not demanded: it slows a container down where a request already shares fairly.
#   Ephemeral containers cannot state resources and are left out.
# custom:
#   exhibit:
#     id: container-limits-set
#     severity: low
#     owner: platform-reliability
#     controls:
#       - control: soc2/a1.1
#         strength: partial
#         rationale: The capacity that each workload may use is stated, which planning and protection from overload rely on.
#       - control: iso27001/a.8.6
#         strength: partial
#         rationale: Shows that the use of memory and processor time is limited for each container.
#       - control: nis2/21.2.c
#         strength: supporting
#         rationale: One workload cannot exhaust the machine that others need to continue.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set resources.limits.memory and resources.requests.cpu of the container.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package exhibit.policies.container_limits_set

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["resources", "limits", "memory"], "Set resources.limits.memory.") if {
	some r in judged
	not stated(r, [["limits", "memory"]])
	message := sprintf("Container %s may use all memory of its node.", [r.name])
}

violations contains resources.violation(r, message, ["resources", "requests", "cpu"], "Set resources.requests.cpu.") if {
	some r in judged
	not stated(r, [["requests", "cpu"], ["limits", "cpu"]])
	message := sprintf("Container %s states neither a request nor a limit of CPU.", [r.name])
}

judged := [r | some r in resources.of_type("container"); r.native_type != "ephemeralContainers"]

# The container's own resources, or those of the whole pod.
stated(r, ats) if {
	some holder in [r.values, r.pod]
	some at in ats
	quantity(object.get(holder, array.concat(["resources"], at), null))
}

quantity(value) if {
	is_number(value)
	value > 0
}

quantity(value) if {
	is_string(value)
	regex.match(`[1-9]`, value)
}
