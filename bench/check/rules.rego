# METADATA
# title: Five rules for workloads
# description: The same file is judged by conftest and by Exhibit, so the two do the same work.
# custom:
#   exhibit:
#     id: bench-workloads
#     severity: high
#     owner: bench
#     controls:
#       - control: soc2/cc6.1
#         rationale: Used for measuring only.
#         strength: supporting
#     layers: {ci: enforce}
#     cadence: change
#     remediation: Measuring only.
#     since: "2026-11-01"
#     inputs: [kubernetes]
package main

containers contains container if some container in input.spec.template.spec.containers

deny_latest contains msg if {
	some container in containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses the tag latest", [container.name])
}

deny_privileged contains msg if {
	some container in containers
	container.securityContext.privileged == true
	msg := sprintf("container %s is privileged", [container.name])
}

deny_memory contains msg if {
	some container in containers
	not container.resources.limits.memory
	msg := sprintf("container %s has no memory limit", [container.name])
}

deny_cpu contains msg if {
	some container in containers
	not container.resources.limits.cpu
	msg := sprintf("container %s has no CPU limit", [container.name])
}

deny_host_network contains msg if {
	input.spec.template.spec.hostNetwork == true
	msg := "the pod uses the network of its host"
}
