package exhibit.policies.service_account_own_test

import data.exhibit.policies.service_account_own as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(spec) := testing.pod([{"name": "a"}], spec)

binding(subjects) := {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b"}, "subjects": subjects}

test_own if {
	messages(pod({"serviceAccountName": "web"})) == set()
	messages(binding([{"kind": "ServiceAccount", "name": "web"}, {"kind": "User", "name": "default"}])) == set()
	messages(binding(null)) == set()
}

test_default if {
	every spec in [{}, {"serviceAccountName": ""}, {"serviceAccountName": null}, {"serviceAccountName": "default"}] {
		messages(pod(spec)) == {"Pod/shop/web runs as the service account default."}
	}
}

test_granted if {
	every subject in [{"kind": "ServiceAccount", "name": "default", "namespace": "x"}, {"kind": "User", "name": "system:serviceaccount:x:default"}] {
		messages(binding([subject])) == {"RoleBinding/b grants its role to the service account default."}
	}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
