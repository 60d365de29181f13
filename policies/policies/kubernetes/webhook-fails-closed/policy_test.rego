package exhibit.policies.webhook_fails_closed_test

import data.exhibit.policies.webhook_fails_closed as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

hooks(version, policies) := {"apiVersion": concat("/", ["admissionregistration.k8s.io", version]), "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "a"}, "webhooks": [{"name": "w", "failurePolicy": p} | some p in policies]}

test_closed if {
	messages(hooks("v1", ["Fail", null])) == set()
	messages(hooks("v1", [])) == set()
}

test_open if {
	messages(hooks("v1", ["Fail", "Ignore"])) == {"ValidatingWebhookConfiguration/a lets everything in when its webhook w does not answer."}
	count(messages(hooks("v1beta1", [null]))) == 1
}

test_path if {
	[v.path | some v in policy.violations] == [["webhooks", 1, "failurePolicy"]] with input as hooks("v1", ["Fail", "Ignore"])
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
