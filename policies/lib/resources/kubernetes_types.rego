# METADATA
# title: Kubernetes kinds
# description: |
#   What a kind is in Exhibit's words, where its pod stands, and where the properties stand that several sources have.
package lib.resources.kubernetes.types

import data.lib.resources.kubernetes.cloud

# Kind and group, without the version: `Deployment.apps`, `Pod`.
native(object_) := concat(".", [part | some part in [object_.kind, group(object_)]; part != ""])

default group(_) := ""

group(object_) := split(object_.apiVersion, "/")[0] if {
	is_string(object_.apiVersion)
	contains(object_.apiVersion, "/")
}

# What is known of an object's kind; empty for kinds that no rule speaks of.
of(object_) := {"type": "database_member", "attributes": object.get(known(object_), "attributes", {})} if {
	member(object_)
} else := known(object_)

# An instance of an Aurora cluster: its storage, backups and protection are those of the cluster.
member(object_) if {
	known(object_).type == "database"
	some at in [
		["spec", "dbClusterIdentifier"], ["spec", "dbClusterIdentifierRef"],
		["spec", "forProvider", "dbClusterIdentifier"], ["spec", "forProvider", "dbClusterIdentifierRef"],
		["spec", "forProvider", "dbClusterIdentifierSelector"],
	]
	startswith(object_.kind, "DBInstance")
	not object.get(object_, at, null) in {null, "", {}}
}

# To make the table of the clouds takes longer than to judge a manifest, so it is made only for a kind of theirs.
known(object_) := object.get(cloud.table, native(object_), {}) if {
	cloud.provides(group(object_))
} else := object.get(object.union(workloads, other), native(object_), {})

workloads := object.union_n([
	{"Pod": {"type": "workload", "pod": ["spec"]}},
	{"PodTemplate": {"type": "workload", "pod": ["template", "spec"]}},
	{"CronJob.batch": {"type": "workload", "pod": ["spec", "jobTemplate", "spec", "template", "spec"]}},
	{kind: {"type": "workload", "pod": ["spec", "template", "spec"]} |
		some kind in [
			"ReplicationController", "Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps",
			"Deployment.extensions", "DaemonSet.extensions", "ReplicaSet.extensions", "Job.batch", "DeploymentConfig.apps.openshift.io",
			"Rollout.argoproj.io", "Service.serving.knative.dev",
		]
	},
])

other := {
	"Ingress.networking.k8s.io": {"type": "ingress"},
	"Ingress.extensions": {"type": "ingress"},
	"Role.rbac.authorization.k8s.io": {"type": "rbac_role"},
	"ClusterRole.rbac.authorization.k8s.io": {"type": "rbac_role"},
	"Gateway.gateway.networking.k8s.io": {"type": "gateway"},
	"RoleBinding.rbac.authorization.k8s.io": {"type": "rbac_binding"},
	"ClusterRoleBinding.rbac.authorization.k8s.io": {"type": "rbac_binding"},
	"Service": {"type": "service"},
	"ServiceAccount": {"type": "service_account"},
	"Namespace": {"type": "namespace"},
	"ConfigMap": {"type": "config_map"},
	"Secret": {"type": "secret"},
	"NetworkPolicy.networking.k8s.io": {"type": "network_policy"},
	"PodDisruptionBudget.policy": {"type": "disruption_budget"},
	"StorageClass.storage.k8s.io": {"type": "storage_class"},
	"ValidatingWebhookConfiguration.admissionregistration.k8s.io": {"type": "admission_webhooks"},
	"MutatingWebhookConfiguration.admissionregistration.k8s.io": {"type": "admission_webhooks"},
	"InferenceService.serving.kserve.io": {"type": "model_endpoint"},
}
