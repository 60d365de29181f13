package exhibit.policies.rbac_no_cluster_admin_test

import data.exhibit.policies.rbac_no_cluster_admin as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

binding(kind, ref, subjects) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}, "roleRef": ref, "subjects": subjects}

role(name) := {"kind": "ClusterRole", "name": name}

test_narrow if {
	messages(binding("RoleBinding", role("view"), [])) == set()
	messages(binding("RoleBinding", role("edit"), null)) == set()
	messages(binding("ClusterRoleBinding", role("shop-reader"), [{"kind": "Group", "name": "team"}])) == set()
	messages(binding("RoleBinding", {"kind": "Role", "name": "cluster-admin"}, [])) == set()
}

test_administrator if {
	every kind in ["RoleBinding", "ClusterRoleBinding"] { count(messages(binding(kind, role("cluster-admin"), []))) == 1 }
	messages(binding("ClusterRoleBinding", role("edit"), [])) == {"ClusterRoleBinding/a gives the role edit."}
}

test_masters if {
	messages(binding("RoleBinding", role("view"), [{"kind": "Group", "name": "system:masters"}])) == {"RoleBinding/a names the group system:masters, which no rule of the cluster limits."}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
