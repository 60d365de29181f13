package exhibit.policies.pod_isolated_from_host_test

import data.exhibit.policies.pod_isolated_from_host as policy
import data.lib.testing

messages(spec) := found if {
	found := {v.message | some v in policy.violations} with input as testing.pod([{"name": "a"}], spec)
}

test_isolated if {
	messages({}) == set()
	messages({"hostNetwork": false, "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "x", "hostPath": null}]}) == set()
}

test_host_namespaces if {
	messages({"hostPID": true}) == {"Pod/shop/web shares the processes of its host."}
	messages({"hostIPC": true, "hostNetwork": "true"}) == {"Pod/shop/web shares the shared memory of its host.", "Pod/shop/web shares the network of its host."}
}

test_host_path if {
	messages({"volumes": [{"name": "s", "hostPath": {"path": "/var/run/docker.sock"}}]}) == {"Pod/shop/web mounts /var/run/docker.sock of its host."}
	messages({"volumes": [{"name": "s", "hostPath": {}}]}) == {"Pod/shop/web mounts a folder of its host."}
}

test_windows_host_process if {
	messages({"securityContext": {"windowsOptions": {"hostProcess": true}}}) == {"Pod/shop/web runs as a process of its Windows host."}
	[v.path | some v in policy.violations] == [["spec", "containers", 0, "securityContext", "windowsOptions", "hostProcess"]] with input as testing.pod(
		[{"name": "a", "securityContext": {"windowsOptions": {"hostProcess": true}}}],
		{},
	)
}

test_path_of_a_template if {
	[v.path | some v in policy.violations] == [["spec", "template", "spec", "hostPID"]] with input as testing.deployment([], {"hostPID": true})
}

test_one_subject_a_workload if {
	testing.ids(policy.population) == {"Deployment/shop/web"} with input as testing.deployment([{"name": "a"}, {"name": "b"}], {})
}

test_edit if {
	{v.edit | some v in policy.violations} == {{"path": ["spec", "template", "spec", "hostPID"], "value": false}} with input as testing.deployment([], {"hostPID": true})
	{v.edit | some v in policy.violations} == set() with input as testing.pod([], {"volumes": [{"hostPath": {"path": "/"}}]})
}
