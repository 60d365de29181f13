package exhibit.policies.pod_volumes_limited_test

import data.exhibit.policies.pod_volumes_limited as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(volumes) := testing.pod([{"name": "a"}], {"volumes": volumes})

test_ordinary if {
	messages(pod(null)) == set()
	messages(pod([{"name": type, type: {}} | some type in ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"]])) == set()
	messages(pod([{"name": "a", "nfs": null, "emptyDir": {}}])) == set()
}

test_other if {
	messages(pod([{"name": "share", "nfs": {"server": "x", "path": "/"}}])) == {"Pod/shop/web mounts volume share of type nfs."}
	messages(pod([{"iscsi": {}}])) == {"Pod/shop/web mounts volume 0 of type iscsi."}
}

test_host_path_is_judged_elsewhere if messages(pod([{"name": "a", "hostPath": {"path": "/"}}])) == set()

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
