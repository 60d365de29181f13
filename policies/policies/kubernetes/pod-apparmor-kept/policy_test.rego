package exhibit.policies.pod_apparmor_kept_test

import data.exhibit.policies.pod_apparmor_kept as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pod(own, context) := testing.pod([{"name": "a", "securityContext": own}], {"securityContext": context})

profile(type) := {"appArmorProfile": {"type": type}}

annotated(value) := object.union(pod({}, {}), {"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/a": value, "other": "unconfined"}}})

test_kept if {
	messages(pod({}, {})) == set()
	messages(pod(null, null)) == set()
	messages(pod(profile("Localhost"), profile("RuntimeDefault"))) == set()
	every value in ["runtime/default", "localhost/shop", ""] { messages(annotated(value)) == set() }
}

test_switched_off if {
	messages(pod(profile("Unconfined"), {})) == {"Pod/shop/web runs with the AppArmor profile Unconfined."}
	count(messages(pod({}, profile("Unconfined")))) == 1
}

test_annotation if {
	messages(annotated("unconfined")) == {"Pod/shop/web runs container a with the AppArmor profile unconfined."}
}

test_annotation_of_a_template if {
	deployment := object.union(testing.deployment([], {}), {"spec": {"template": {"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}}}}})
	count(messages(deployment)) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
