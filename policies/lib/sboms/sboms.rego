# METADATA
# title: Bills of materials
# description: Reads CycloneDX and SPDX 2 documents in JSON. SPDX 3 has another form and is not read.
package lib.sboms

import data.lib.resources

# The input's bill: id, type, name, form, key (where its components stand).
bills := array.concat(cyclonedx, spdx)

cyclonedx := [{"id": name, "type": "sbom", "name": name, "form": "cyclonedx", "key": "components"} |
	input.bomFormat == "CycloneDX"
	name := text(object.get(input, ["metadata", "component", "name"], null), "(unnamed)")
]

spdx := [{"id": name, "type": "sbom", "name": name, "form": "spdx", "key": "packages"} |
	is_string(input.spdxVersion)
	startswith(input.spdxVersion, "SPDX-2.")
	name := text(object.get(input, "name", null), "(unnamed)")
]

components(b) := [[[b.key, i], component] |
	some i, component in resources.list(object.get(input, b.key, null))
	is_object(component)
]

subject(b) := object.filter(b, {"id", "type", "name"})

violation(b, message, path, fix) := {"subject": b.id, "message": message, "path": path, "fix": fix}

# A text that says something, or what is shown in its place.
text(value, instead) := value if {
	written(value)
} else := instead

default written(_) := false

# NOASSERTION and NONE are SPDX's words for nothing.
written(value) if {
	is_string(value)
	trim_space(value) != ""
	not value in {"NOASSERTION", "NONE"}
}
