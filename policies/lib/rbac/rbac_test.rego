package lib.rbac_test

import data.lib.rbac

test_verbs if {
	rbac.verbs({"verbs": ["get", "list"]}, ["list", "watch"]) == ["list"]
	rbac.verbs({"verbs": ["*"]}, ["list", "watch"]) == ["list", "watch"]
	rbac.verbs({"verbs": null}, ["list"]) == []
	rbac.verbs({}, ["list"]) == []
}

test_covers if {
	rbac.covers({"apiGroups": [""], "resources": ["secrets"]}, "", "secrets")
	rbac.covers({"apiGroups": ["*"], "resources": ["*"]}, "", "secrets")
	rbac.covers({"apiGroups": [""], "resources": ["*/token"]}, "", "serviceaccounts/token")
	not rbac.covers({"apiGroups": ["apps"], "resources": ["secrets"]}, "", "secrets")
	not rbac.covers({"apiGroups": [""], "resources": ["pods"]}, "", "secrets")
	not rbac.covers({"apiGroups": [""], "resources": ["serviceaccounts"]}, "", "serviceaccounts/token")
	not rbac.covers({}, "", "secrets")
}

role(rules) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "a"}, "rules": rules}

test_rules if {
	[rbac.rules(r) | some r in rbac.roles] == [[[0, {"verbs": []}]]] with input as role([{"verbs": []}, "odd"])
	[rbac.rules(r) | some r in rbac.roles] == [[]] with input as role(null)
}

test_subjects if {
	binding := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "a"}, "subjects": [null, {"kind": "User"}]}
	[rbac.subjects(r) | some r in rbac.bindings] == [[[1, {"kind": "User"}]]] with input as binding
	[rbac.subjects(r) | some r in rbac.bindings] == [[]] with input as object.remove(binding, ["subjects"])
}
