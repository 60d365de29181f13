# METADATA
# title: Kubernetes manifests and AdmissionReviews
# description: |
#   Reads one object, a List, or the object of an AdmissionReview (without one, as on DELETE, there is nothing to
#   judge). Every workload gives one resource, and one more for each of its containers, init and ephemeral
#   containers included. Custom resources of Crossplane and ACK are read by kubernetes_types.rego.
package lib.resources.kubernetes

import data.lib.resources.environment
import data.lib.resources.kubernetes.cloud
import data.lib.resources.kubernetes.types

resources := array.concat(objects, containers)

# Where objects stand in the input.
roots := [{"path": ["request", "object"], "object": input.request.object}] if {
	input.kind == "AdmissionReview"
	is_object(input.request.object)
} else := [{"path": ["items", i], "object": item} |
	some i, item in input.items
	is_object(item)
] if {
	is_string(input.kind)
	endswith(input.kind, "List")
	is_array(input.items)
} else := [{"path": [], "object": input}] if {
	is_string(input.apiVersion)
	is_string(input.kind)
	input.kind != "AdmissionReview"
} else := []

objects := [resource(root.path, root.object) | some root in roots; is_string(root.object.kind)]

resource(path, object_) := object.union(
	{
		"type": object.get(kind, "type", "other"),
		"id": identity(object_),
		"name": object_name(object_),
		"namespace": namespace(object_),
		"provider": "kubernetes",
		"native_type": native_type(object_),
		"path": path,
		"values": object_,
		"unknown": {},
		"computed": computed(object_, kind),
		"attributes": object.get(kind, "attributes", {}),
		"facts": object.get(kind, "facts", []),
		"sources": object.get(kind, "sources", []),
		"pod_path": object.get(kind, "pod", []),
	},
	environment.property(labels(object_)),
) if {
	kind := types.of(object_)
}

default computed(_, _) := set()

computed(object_, kind) := cloud.referred(object_, kind.base)

# `Deployment.apps`, as kubectl writes a kind of a group.
native_type(object_) := types.native(object_)

# Kind, namespace where one is written, and name.
identity(object_) := concat("/", [part |
	some part in [object_.kind, namespace(object_), object_name(object_)]
	part != ""
])

default namespace(_) := ""

namespace(object_) := object_.metadata.namespace if is_string(object_.metadata.namespace)

# At admission, an AdmissionReview states the namespace also where the object does not.
namespace(object_) := input.request.namespace if {
	is_string(input.request.namespace)
	not is_string(object.get(object_, ["metadata", "namespace"], null))
}

default object_name(_) := "(unnamed)"

object_name(object_) := object_.metadata.name if {
	is_string(object_.metadata.name)
	object_.metadata.name != ""
} else := concat("", [object_.metadata.generateName, "*"]) if is_string(object_.metadata.generateName)

default labels(_) := {}

labels(object_) := object_.metadata.labels if is_object(object_.metadata.labels)

# Containers of every workload. `pod` is the pod's specification, for what containers inherit.
containers := [container |
	some workload in objects
	workload.type == "workload"
	pod := object.get(workload.values, workload.pod_path, null)
	is_object(pod)
	some kind in ["containers", "initContainers", "ephemeralContainers"]
	some i, values in object.get(pod, kind, [])
	is_object(values)
	container := object.union(object.filter(workload, {"environment", "namespace", "provider"}), {
		"type": "container",
		"id": concat("/", [workload.id, kind, container_name(pod[kind], i)]),
		"name": container_name(pod[kind], i),
		"native_type": kind,
		"workload_type": workload.native_type,
		"workload": workload.id,
		"path": array.concat(workload.path, array.concat(workload.pod_path, [kind, i])),
		"values": values,
		"unknown": {},
		"attributes": {},
		"facts": [],
		"pod": pod,
		"pod_path": array.concat(workload.path, workload.pod_path),
	})
]

# The name; with its place where names are missing or not unique, so that ids stay unique.
container_name(siblings, i) := siblings[i].name if {
	is_string(siblings[i].name)
	count([1 | some sibling in siblings; sibling.name == siblings[i].name]) == 1
} else := sprintf("%s[%d]", [siblings[i].name, i]) if {
	is_string(siblings[i].name)
} else := sprintf("[%d]", [i])
