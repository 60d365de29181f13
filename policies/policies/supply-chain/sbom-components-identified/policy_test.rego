package exhibit.policies.sbom_components_identified_test

import data.exhibit.policies.sbom_components_identified as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

cyclonedx(components) := {"bomFormat": "CycloneDX", "metadata": {"component": {"name": "shop"}}, "components": components}

spdx(packages) := {"spdxVersion": "SPDX-2.3", "name": "shop", "packages": packages}

test_identified if {
	messages(cyclonedx([{"name": "a", "version": "1", "purl": "pkg:npm/a@1"}, {"name": "b", "version": "1", "cpe": "cpe:2.3:a:b"}, {"name": "c", "version": "1", "swid": {"tagId": "x"}}])) == set()
	messages(spdx([{"name": "a", "versionInfo": "1", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]}])) == set()
	messages(cyclonedx([])) == set()
}

test_files_are_taken_by_name if messages(cyclonedx([{"type": "file", "name": "a.txt"}])) == set()

test_not_identified if {
	messages(cyclonedx([{"name": "a", "version": "1", "purl": "x"}, {"name": "b", "purl": "x"}, {"version": "1", "purl": "x"}])) == {
		"1 of 3 components of shop: each has no version. The first is b.",
		"1 of 3 components of shop: each has no name. The first is (unnamed).",
	}
	messages(spdx([{"name": "a", "versionInfo": "NOASSERTION"}])) == {
		"1 of 1 components of shop: each has no version. The first is a.",
		"1 of 1 components of shop: each has no package URL, CPE or SWID tag. The first is a.",
	}
}

test_path_of_the_first if {
	[v.path | some v in policy.violations] == [["components", 1]] with input as cyclonedx([{"name": "a", "version": "1", "purl": "x"}, {"name": "b", "version": "1"}])
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
