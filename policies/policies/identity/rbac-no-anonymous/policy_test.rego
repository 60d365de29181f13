package exhibit.policies.rbac_no_anonymous_test

import data.exhibit.policies.rbac_no_anonymous as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

binding(subjects) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "a"}, "subjects": subjects}

test_named if {
	messages(binding(null)) == set()
	messages(binding([{"kind": "User", "name": "alice"}, {"kind": "Group", "name": "system:nodes"}, {"kind": "ServiceAccount", "name": "system:anonymous"}, {"kind": "Group"}])) == set()
}

test_everyone if {
	messages(binding([{"kind": "User", "name": "system:anonymous"}])) == {"ClusterRoleBinding/a grants its role to anyone without an account (system:anonymous)."}
	messages(binding([{"kind": "Group", "name": "system:authenticated"}])) == {"ClusterRoleBinding/a grants its role to every account (system:authenticated)."}
	count(messages(binding([{"kind": "Group", "name": "system:unauthenticated"}, {"kind": "Group", "name": "system:serviceaccounts"}]))) == 2
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
