# METADATA
# title: Pods of workloads
# description: What several policies ask of the pods that workloads make. Paths are paths within the workload's resource.
package lib.pods

import data.lib.resources

kinds := ["containers", "initContainers", "ephemeralContainers"]

workloads := resources.of_type("workload")

containers := resources.of_type("container")

# Settings of the Linux kernel say nothing about a pod that states Windows as its system.
linux_workloads := [r | some r in workloads; not windows(spec(r))]

linux_containers := [r | some r in containers; not windows(r.pod)]

windows(pod) if pod.os.name == "windows"

# The pod's specification; empty where there is none.
default spec(_) := {}

spec(r) := found if {
	found := object.get(r.values, r.pod_path, null)
	is_object(found)
}

# Path of a field of the pod's specification.
at(r, path) := array.concat(r.pod_path, path)

# The field's value, or null.
field(r, path) := object.get(r.values, at(r, path), null)

# Where the pod's own metadata stands: beside its specification.
metadata(r) := array.concat(array.slice(r.pod_path, 0, count(r.pod_path) - 1), ["metadata"])

# Paths of every security context that a pod may have: its own and one of each container.
contexts(r) := array.concat([at(r, ["securityContext"])], [path |
	some kind in kinds
	some i, _ in resources.list(field(r, [kind]))
	path := at(r, [kind, i, "securityContext"])
])

# What holds for a container: its own setting in securityContext, else the pod's, else null.
setting(r, path) := own if {
	own := object.get(r.values, array.concat(["securityContext"], path), null)
	own != null
} else := object.get(r.pod, array.concat(["securityContext"], path), null)
