package exhibit.policies.rbac_no_escalation_test

import data.exhibit.policies.rbac_no_escalation as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

role(rule) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a"}, "rules": [rule]}

rule(group, resource, verbs) := {"apiGroups": [group], "resources": [resource], "verbs": verbs}

test_harmless if {
	every one in [rule("rbac.authorization.k8s.io", "roles", ["get", "create"]), rule("", "serviceaccounts", ["create"]), rule("", "nodes", ["get"]), rule("apps", "users", ["impersonate"]), null, {}] {
		messages(role(one)) == set()
	}
}

test_named if messages(role(object.union(rule("", "users", ["impersonate"]), {"resourceNames": ["ci@example.com"]}))) == set()

test_ways if {
	messages(role(rule("rbac.authorization.k8s.io", "clusterroles", ["bind", "escalate"]))) == {
		"ClusterRole/a may give roles that it does not hold (bind on clusterroles).",
		"ClusterRole/a may widen roles beyond its own rights (escalate on clusterroles).",
	}
	count(messages(role(rule("", "users", ["impersonate"])))) == 1
	count(messages(role(rule("", "serviceaccounts/token", ["create"])))) == 1
	count(messages(role(rule("certificates.k8s.io", "certificatesigningrequests/approval", ["update"])))) == 1
	count(messages(role(rule("", "nodes/proxy", ["get"])))) == 1
}

test_wildcards_have_every_way if count(messages(role(rule("*", "*", ["*"])))) == 10

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

test_names_of_those_who_may_everything if {
	every one in [["groups", "system:masters"], ["users", "system:masters"]] {
		count(messages(role(object.union(rule("", one[0], ["impersonate"]), {"resourceNames": ["ci", one[1]]})))) == 1
	}
	bind := rule("rbac.authorization.k8s.io", "clusterroles", ["bind"])
	count(messages(role(object.union(bind, {"resourceNames": ["cluster-admin"]})))) == 1
	messages(role(object.union(bind, {"resourceNames": ["view"]}))) == set()
}
