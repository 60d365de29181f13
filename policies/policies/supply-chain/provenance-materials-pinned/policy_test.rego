package exhibit.policies.provenance_materials_pinned_test

import data.exhibit.policies.provenance_materials_pinned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

v1(materials) := {
	"_type": "https://in-toto.io/Statement/v1",
	"predicateType": "https://slsa.dev/provenance/v1",
	"subject": [{"name": "web"}],
	"predicate": {"buildDefinition": {"resolvedDependencies": materials}},
}

commit := {"gitCommit": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}

test_pinned if messages(v1([{"uri": "git+https://x", "digest": commit}])) == set()

test_nothing if {
	every materials in [null, [], ["odd"]] { messages(v1(materials)) == {"web lists nothing that it was built of."} }
}

test_without_a_digest if {
	every digest in [null, {}, {"sha256": ""}, {"sha256": null}, "text"] {
		messages(v1([{"uri": "a", "digest": digest}])) == {"web was built of a, without a digest."}
	}
	[v.path | some v in policy.violations] == [["predicate", "buildDefinition", "resolvedDependencies", 1]] with input as v1([{"digest": commit}, {"name": "b"}])
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
