package lib.resources.kubernetes_test

import data.lib.resources
import data.lib.resources.kubernetes
import data.lib.testing

ids := [r.id | some r in kubernetes.resources]

types_by_id := {r.id: r.type | some r in kubernetes.resources}

test_pod if {
	ids == ["Pod/shop/web", "Pod/shop/web/containers/app"] with input as testing.pod([{"name": "app"}], {})
}

test_every_kind_of_container if {
	pod := testing.pod([{"name": "a"}], {"initContainers": [{"name": "b"}], "ephemeralContainers": [{"name": "c"}]})
	ids == [
		"Pod/shop/web", "Pod/shop/web/containers/a",
		"Pod/shop/web/initContainers/b", "Pod/shop/web/ephemeralContainers/c",
	] with input as pod
}

test_every_kind_of_workload if {
	every kind in [
		["apps/v1", "Deployment"], ["apps/v1", "StatefulSet"], ["apps/v1", "DaemonSet"], ["apps/v1", "ReplicaSet"],
		["v1", "ReplicationController"], ["batch/v1", "Job"], ["serving.knative.dev/v1", "Service"],
		["argoproj.io/v1alpha1", "Rollout"], ["apps.openshift.io/v1", "DeploymentConfig"],
	] {
		manifest := {
			"apiVersion": kind[0], "kind": kind[1], "metadata": {"name": "w"},
			"spec": {"template": {"spec": {"containers": [{"name": "c"}]}}},
		}
		count(kubernetes.containers) == 1 with input as manifest
		every r in kubernetes.resources { object.get(manifest, r.path, null) == r.values } with input as manifest
	}
}

test_cron_job if {
	manifest := {
		"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "w"},
		"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}},
	}
	[r.path | some r in kubernetes.containers] == [["spec", "jobTemplate", "spec", "template", "spec", "containers", 0]] with input as manifest
}

test_kinds_of_other_groups_are_no_workload if {
	manifest := {"apiVersion": "serving.example.com/v1", "kind": "Deployment", "metadata": {"name": "w"}, "spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}
	types_by_id == {"Deployment/w": "other"} with input as manifest
}

test_review if {
	review := testing.review(testing.deployment([{"name": "app", "image": "x"}], {}))
	ids == ["Deployment/shop/web", "Deployment/shop/web/containers/app"] with input as review
	every r in kubernetes.resources { object.get(review, r.path, null) == r.values } with input as review
}

test_review_states_the_namespace if {
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}, "spec": {"containers": []}}
	ids == ["Pod/shop/web-*"] with input as object.union(testing.review(pod), {"request": {"namespace": "shop"}})
}

test_list if {
	manifests := {"apiVersion": "v1", "kind": "List", "items": [testing.pod([], {}), testing.deployment([], {}), "odd", {"no": "kind"}]}
	ids == ["Pod/shop/web", "Deployment/shop/web"] with input as manifests
	kubernetes.resources[1].path == ["items", 1] with input as manifests
}

test_containers_without_a_name_of_their_own if {
	pod := testing.pod([{"image": "a"}, {"name": "x"}, {"name": "x"}, "odd"], {})
	[r.name | some r in kubernetes.containers] == ["[0]", "x[1]", "x[2]"] with input as pod
}

test_nothing_is_named if {
	ids == ["Pod/(unnamed)"] with input as {"apiVersion": "v1", "kind": "Pod"}
}

test_environment_from_a_label if {
	manifest := object.union(testing.pod([{"name": "c"}], {}), {"metadata": {"labels": {"Environment": "Staging"}}})
	{r.environment | some r in kubernetes.resources} == {"staging"} with input as manifest
}

database(api, kind, spec) := {"apiVersion": api, "kind": kind, "metadata": {"name": "db"}, "spec": spec}

test_databases if {
	every d in [
		["database.aws.crossplane.io/v1beta1", "RDSInstance"], ["rds.aws.upbound.io/v1beta3", "Cluster"],
		["rds.services.k8s.aws/v1alpha1", "DBCluster"],
	] {
		types_by_id[concat("/", [d[1], "db"])] == "database" with input as database(d[0], d[1], {})
	}
}

test_member_of_a_cluster if {
	manifest := database("rds.services.k8s.aws/v1alpha1", "DBInstance", {"dbClusterIdentifier": "ledger"})
	types_by_id == {"DBInstance/db": "database_member"} with input as manifest
	kubernetes.resources[0].attributes.public == ["spec", "publiclyAccessible"] with input as manifest
}

# A stray `request` does not make a Pod an AdmissionReview.
test_request_of_other_kinds if {
	pod := testing.pod([{"name": "app"}], {})
	ids == ["Pod/shop/web", "Pod/shop/web/containers/app"] with input as object.union(pod, {"request": {"object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}}})
}

test_kinds_of_clouds if {
	every d in [
		["s3.services.k8s.aws/v1alpha1", "Bucket", "bucket"], ["s3.aws.crossplane.io/v1beta1", "Bucket", "bucket"],
		["ec2.aws.upbound.io/v1beta1", "EBSVolume", "volume"], ["sqs.services.k8s.aws/v1alpha1", "Queue", "queue"],
		["dynamodb.services.k8s.aws/v1alpha1", "Table", "database"], ["ec2.services.k8s.aws/v1alpha1", "SecurityGroup", "security_group"],
	] {
		types_by_id[concat("/", [d[1], "db"])] == d[2] with input as database(d[0], d[1], {})
	}
}

# A key that another object gives has no value in this one.
test_reference_to_another_object if {
	every suffix in ["Ref", "Selector"] {
		manifest := database("rds.aws.upbound.io/v1beta3", "Instance", {"forProvider": {concat("", ["kmsKeyId", suffix]): {"name": "k"}}})
		resources.named(kubernetes.resources[0], "kms_key").state == "unknown" with input as manifest
	}
}
