package exhibit.policies.pod_token_not_mounted_test

import data.exhibit.policies.pod_token_not_mounted as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(spec) := testing.pod([{"name": "a"}], spec)

test_not_mounted if messages(pod({"automountServiceAccountToken": false})) == set()

test_asked_for if messages(pod({"automountServiceAccountToken": true, "serviceAccountName": "operator"})) == set()

test_not_written if {
	every spec in [{}, {"automountServiceAccountToken": null}, {"serviceAccountName": "operator"}] {
		messages(pod(spec)) == {"Pod/shop/web mounts a token of the cluster's API without saying that it needs one."}
	}
}

test_default_account if {
	every name in [null, "", "default"] {
		messages(pod({"automountServiceAccountToken": true, "serviceAccountName": name})) == {"Pod/shop/web mounts the token of the default service account."}
	}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

edits(document) := found if {
	found := {v.edit | some v in policy.violations} with input as document
}

test_edit if {
	edits(pod({})) == {{"path": ["spec", "automountServiceAccountToken"], "value": false}}
	edits(pod({"automountServiceAccountToken": true})) == {{"path": ["spec", "automountServiceAccountToken"], "value": false}}
	edits(pod({"serviceAccountName": "operator"})) == set()
}
