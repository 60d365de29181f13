package exhibit.policies.container_not_privileged_test

import data.exhibit.policies.container_not_privileged as policy
import data.lib.testing

messages(security_context) := found if {
	found := {v.message | some v in policy.violations} with input as testing.pod([{"name": "a", "securityContext": security_context}], {})
}

safe := {"allowPrivilegeEscalation": false}

test_safe if {
	messages(safe) == set()
	messages(object.union(safe, {"privileged": false, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}})) == set()
}

test_privileged if {
	every value in [true, "true"] {
		messages(object.union(safe, {"privileged": value})) == {"Container a is privileged: it has the whole host."}
	}
}

test_escalation if {
	every context in [{}, {"allowPrivilegeEscalation": true}, {"allowPrivilegeEscalation": null}, null] {
		messages(context) == {"Container a may gain more privileges than it starts with."}
	}
}

test_capabilities if {
	messages(object.union(safe, {"capabilities": {"add": ["SYS_ADMIN", "cap_net_bind_service"]}})) == {"Container a adds the kernel capability SYS_ADMIN."}
	count(messages(object.union(safe, {"capabilities": {"add": ["ALL"]}}))) == 1
	messages(object.union(safe, {"capabilities": {"add": null}})) == set()
}

test_unmasked_proc if count(messages(object.union(safe, {"procMount": "Unmasked"}))) == 1

test_path if {
	{v.path | some v in policy.violations} == {
		["spec", "template", "spec", "containers", 1, "securityContext"],
		["spec", "template", "spec", "containers", 1, "securityContext", "privileged"],
	} with input as testing.deployment([{"name": "a", "securityContext": safe}, {"name": "b", "securityContext": {"privileged": true}}], {})
}

test_init_and_ephemeral_containers if {
	testing.subjects(policy.violations) == {"Pod/shop/web/initContainers/i", "Pod/shop/web/ephemeralContainers/e"} with input as testing.pod(
		[{"name": "a", "securityContext": safe}],
		{"initContainers": [{"name": "i"}], "ephemeralContainers": [{"name": "e"}]},
	)
}

test_windows_is_left_out if policy.population == set() with input as testing.pod([{"name": "a"}], {"os": {"name": "windows"}})

test_at_admission if {
	{v.path[1] | some v in policy.violations} == {"object"} with input as testing.review(testing.pod([{"name": "a"}], {}))
}

test_edit if {
	{v.edit | some v in policy.violations} == {
		{"path": ["spec", "containers", 0, "securityContext", "privileged"], "value": false},
		{"path": ["spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"], "value": false},
	} with input as testing.pod([{"name": "a", "securityContext": {"privileged": true}}], {})
}

test_no_edit_where_only_people_know if {
	every context in [{"capabilities": {"add": ["SYS_ADMIN"]}}, {"procMount": "Unmasked"}] {
		{v.edit | some v in policy.violations} == set() with input as testing.pod([{"name": "a", "securityContext": object.union(safe, context)}], {})
	}
}
