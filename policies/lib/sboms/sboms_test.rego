package lib.sboms_test

import data.lib.sboms

test_forms if {
	[[b.id, b.form] | some b in sboms.bills] == [["shop", "cyclonedx"]] with input as {"bomFormat": "CycloneDX", "metadata": {"component": {"name": "shop"}}}
	[[b.id, b.form] | some b in sboms.bills] == [["shop", "spdx"]] with input as {"spdxVersion": "SPDX-2.3", "name": "shop"}
	[b.id | some b in sboms.bills] == ["(unnamed)"] with input as {"bomFormat": "CycloneDX"}
}

test_components if {
	[sboms.components(b) | some b in sboms.bills] == [[[["components", 1], {"name": "a"}]]] with input as {"bomFormat": "CycloneDX", "components": ["odd", {"name": "a"}]}
	[sboms.components(b) | some b in sboms.bills] == [[]] with input as {"spdxVersion": "SPDX-2.2", "packages": null}
}

test_written if {
	sboms.written("a")
	every value in ["", " ", null, 7, "NOASSERTION", "NONE"] { sboms.written(value) == false }
}

test_other_documents if {
	every document in [{}, [], null, {"bomFormat": "Other"}, {"spdxVersion": "SPDX-3.0"}, {"spdxVersion": 2}] { sboms.bills == [] with input as document }
}
