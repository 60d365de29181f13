package exhibit.policies.rbac_secrets_not_listed_test

import data.exhibit.policies.rbac_secrets_not_listed as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

role(kind, rule) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}, "rules": [rule]}

secrets(verbs, names) := {"apiGroups": [""], "resources": ["secrets"], "verbs": verbs, "resourceNames": names}

test_named if {
	messages(role("Role", secrets(["get"], []))) == set()
	messages(role("ClusterRole", secrets(["get"], ["web-db"]))) == set()
	messages(role("ClusterRole", {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]})) == set()
	messages(role("ClusterRole", secrets(["create", "delete"], null))) == set()
}

test_listed if {
	messages(role("Role", secrets(["get", "list"], []))) == {"Role/a may list every Secret of its namespace."}
	messages(role("ClusterRole", secrets(["*"], ["web-db"]))) == {"ClusterRole/a may list and watch every Secret of the cluster."}
	count(messages(role("ClusterRole", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["watch"]}))) == 1
}

test_got if messages(role("ClusterRole", secrets(["get"], []))) == {"ClusterRole/a may get every Secret of the cluster."}

test_no_rules if messages(role("Role", null)) == set()

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
