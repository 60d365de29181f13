package exhibit.policies.sbom_complete_test

import data.exhibit.policies.sbom_complete as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

cyclonedx := {
	"bomFormat": "CycloneDX",
	"metadata": {"timestamp": "2026-11-02T09:12:44Z", "tools": {"components": [{"name": "x"}]}, "component": {"name": "shop"}},
	"components": [{"name": "a"}],
	"dependencies": [{"ref": "a"}],
}

spdx := {
	"spdxVersion": "SPDX-2.3",
	"name": "shop",
	"creationInfo": {"created": "2026-11-02T09:12:44Z", "creators": ["Tool: x"]},
	"packages": [{"name": "a"}],
	"relationships": [{"relationshipType": "DESCRIBES"}, {"relationshipType": "CONTAINS"}],
}

test_complete if {
	messages(cyclonedx) == set()
	messages(spdx) == set()
	messages(object.union(spdx, {"documentDescribes": ["x"], "relationships": [{"relationshipType": "DEPENDS_ON"}]})) == set()
}

test_nothing_said if {
	messages({"bomFormat": "CycloneDX"}) == {
		"The bill of materials of (unnamed) does not say when it was made.",
		"The bill of materials of (unnamed) does not say who or what made it.",
		"The bill of materials of (unnamed) does not say what product it is of.",
		"The bill of materials of (unnamed) does not say how components depend on each other.",
		"The bill of materials of (unnamed) lists no components.",
	}
	count(messages({"spdxVersion": "SPDX-2.2"})) == 5
}

test_one_missing if {
	messages(object.union(cyclonedx, {"dependencies": []})) == {"The bill of materials of shop does not say how components depend on each other."}
	messages(object.union(cyclonedx, {"metadata": {"timestamp": null}})) == {"The bill of materials of shop does not say when it was made."}
	messages(object.union(spdx, {"relationships": [{"relationshipType": "DESCRIBES"}]})) == {"The bill of materials of shop does not say how components depend on each other."}
	messages(object.union(spdx, {"packages": []})) == {"The bill of materials of shop lists no components."}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
