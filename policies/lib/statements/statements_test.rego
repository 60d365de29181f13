package lib.statements_test

import data.lib.statements

v1 := {
	"_type": "https://in-toto.io/Statement/v1",
	"predicateType": "https://slsa.dev/provenance/v1",
	"subject": [{"name": "web", "digest": {"sha256": "ab"}}],
	"predicate": {"buildDefinition": {
		"externalParameters": {"workflow": {"repository": "https://github.com/example/shop"}},
		"resolvedDependencies": [{"uri": "a"}, "odd"],
	}},
}

test_v1 if {
	[statements.subject(s) | some s in statements.provenance] == [{"id": "web", "type": "provenance", "name": "web"}] with input as v1
	[count(statements.materials(s)) | some s in statements.provenance] == [1] with input as v1
	[count(statements.sources(s)) | some s in statements.provenance] == [1] with input as v1
}

test_without_a_subject if {
	[s.id | some s in statements.provenance] == ["(unnamed)"] with input as object.remove(v1, ["subject"])
}

test_other_documents if {
	every document in [{}, [], null, object.union(v1, {"predicateType": "https://spdx.dev/Document"}), object.union(v1, {"_type": "x"})] {
		statements.provenance == [] with input as document
	}
}

test_envelope if {
	count(statements.envelopes) == 1 with input as {"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": []}
	statements.envelopes == [] with input as v1
}

test_plain if {
	statements.plain("git+https://github.com/example/shop@refs/heads/main") == "https://github.com/example/shop"
	statements.plain("https://github.com/example/shop") == "https://github.com/example/shop"
}

test_below if {
	statements.below("https://github.com/example/shop", ["https://github.com/example/"])
	not statements.below("https://github.com/examples/shop", ["https://github.com/example/"])
	not statements.below("https://github.com/example/../other/shop", ["https://github.com/example/"])
	not statements.below("x", [])
}
