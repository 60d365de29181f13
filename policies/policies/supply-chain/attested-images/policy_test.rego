package exhibit.policies.attested_images_test

import data.exhibit.policies.attested_images as policy
import data.lib.testing

pod := testing.pod([{"name": "a", "image": "registry.example.com/a@sha256:a"}], {})

review(state, images) := object.union(testing.review(pod), {"exhibit": {"attestation": {"object": {"state": state}, "images": images}}})

of(outcome) := [object.union({"reference": "registry.example.com/a@sha256:a"}, outcome)]

test_attested if {
	count(policy.population) == 1 with input as review("unattested", of({"state": "attested"}))
	policy.violations | policy.unknowns == set() with input as review("unattested", of({"state": "attested"}))
}

test_unattested if {
	{v.message | some v in policy.violations} == {"The image of container a did not pass the gate: nobody knows it."} with input as review("attested", of({"state": "unattested", "why": "nobody knows it"}))
}

test_nobody_looked if {
	every document in [testing.review(pod), review("attested", [])] {
		testing.subjects(policy.unknowns) == {"Pod/shop/web/containers/a"} with input as document
	}
}

test_judged_elsewhere if {
	every state in ["owner", "controller", "unchanged"] {
		(policy.population | policy.violations) | policy.unknowns == set() with input as review(state, [])
	}
}

test_without_an_image_is_left_out if {
	policy.population == set() with input as testing.review(testing.pod([{"name": "a"}, {"name": "b", "image": ""}], {}))
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", pod, testing.review({"kind": "Service", "apiVersion": "v1", "metadata": {"name": "a"}})] {
		(policy.population | policy.violations) | policy.unknowns == set() with input as document
	}
}
