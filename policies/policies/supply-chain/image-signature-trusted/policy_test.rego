package exhibit.policies.image_signature_trusted_test

import data.exhibit.policies.image_signature_trusted as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

signed(optional) := [{
	"critical": {"identity": {"docker-reference": "r/web"}, "image": {"docker-manifest-digest": "sha256:ab"}, "type": "cosign container image signature"},
	"optional": optional,
}]

issuer := "https://token.actions.githubusercontent.com"

test_known if messages(signed({"Issuer": issuer, "Subject": "https://github.com/example/shop/.github/workflows/r.yaml@refs/heads/main"})) == set()

test_unknown if {
	messages(signed({"Issuer": issuer, "Subject": "https://github.com/other/x"})) == {sprintf("r/web@sha256:ab was signed by https://github.com/other/x of %s, which is not a known signer.", [issuer])}
	count(messages(signed({"Issuer": "https://accounts.google.com", "Subject": "https://github.com/example/"}))) == 1
	count(messages(signed({"Issuer": issuer}))) == 1
}

test_key if {
	every optional in [null, {}, {"Bundle": {}}] {
		count(policy.unknowns) == 1 with input as signed(optional)
		messages(signed(optional)) == set()
	}
}

test_each_signature_is_a_subject if {
	testing.ids(policy.population) == {"r/web@sha256:ab", "r/web@sha256:ab#1"} with input as array.concat(signed(null), signed(null))
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
