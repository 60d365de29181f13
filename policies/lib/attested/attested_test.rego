package lib.attested_test

import data.lib.attested
import data.lib.testing

review(state) := object.union(testing.review(testing.pod([], {})), {"exhibit": {"attestation": {"object": {"state": state}, "images": []}}})

test_asked if {
	every state in ["attested", "unattested", "none"] { attested.asked with input as review(state) }
	attested.asked with input as testing.review(testing.pod([], {}))
}

test_judged_elsewhere if {
	every state in ["owner", "controller", "unchanged"] { not attested.asked with input as review(state) }
}

test_not_at_admission if {
	not attested.asked with input as testing.pod([], {})
	not attested.asked with input as testing.review(null)
}

test_image if {
	said := {"exhibit": {"attestation": {"images": [{"reference": "a", "state": "attested"}]}}}
	attested.image("a").state == "attested" with input as said
	not attested.image("b") with input as said
}
