package exhibit.policies.provenance_trusted_test

import data.exhibit.policies.provenance_trusted as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

sha := "1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a"

v1(builder, repository, digest) := {
	"_type": "https://in-toto.io/Statement/v1",
	"predicateType": "https://slsa.dev/provenance/v1",
	"subject": [{"name": "web", "digest": digest}],
	"predicate": {
		"buildDefinition": {"externalParameters": {"workflow": {"repository": repository}}},
		"runDetails": {"builder": {"id": builder}},
	},
}

builder := "https://github.com/example/build/.github/workflows/release.yaml@refs/tags/v1"

source := "https://github.com/example/shop"

test_trusted if messages(v1(builder, source, {"sha256": sha})) == set()

test_builder if {
	messages(v1("https://github.com/other/x", source, {"sha256": sha})) == {"web was built by https://github.com/other/x, which is not a trusted builder."}
	messages(v1("", source, {"sha256": sha})) == {"web was built by (nobody), which is not a trusted builder."}
	count(messages(v1(null, source, {"sha256": sha}))) == 1
}

test_source if {
	messages(v1(builder, "https://github.com/other/shop", {"sha256": sha})) == {"web was built from https://github.com/other/shop, which is not a known repository."}
	messages(v1(builder, null, {"sha256": sha})) == {"web does not say from which repository it was built."}
}

test_digest if {
	every digest in [{}, null, {"sha1": "ab"}, {"sha256": "ab"}] {
		messages(v1(builder, source, digest)) == {"web does not say which bytes were built: a subject has no SHA-256 or SHA-512."}
	}
}

test_older_form if {
	messages({
		"_type": "https://in-toto.io/Statement/v0.1",
		"predicateType": "https://slsa.dev/provenance/v0.2",
		"subject": [{"name": "web", "digest": {"sha256": sha}}],
		"predicate": {"builder": {"id": builder}, "invocation": {"configSource": {"uri": "git+https://github.com/example/shop@refs/heads/main"}}},
	}) == set()
}

test_envelope if {
	envelope := {"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "x"}]}
	count(policy.unknowns) == 1 with input as envelope
	count(policy.population) == 1 with input as envelope
	messages(envelope) == set()
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
