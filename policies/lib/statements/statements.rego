# METADATA
# title: Provenance
# description: |
#   Reads in-toto statements with SLSA provenance, v1 and v0.2. An envelope (DSSE) is not opened: its signature is to be verified
#   first, and the tool that does it prints the statement.
package lib.statements

import data.lib.resources

types := {"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}

predicates := {"https://slsa.dev/provenance/v1": "v1", "https://slsa.dev/provenance/v0.2": "v0.2"}

# Statements of the input: id, type, name, form, subjects.
provenance := [statement |
	input._type in types
	form := predicates[input.predicateType]
	statement := {
		"id": name,
		"type": "provenance",
		"name": name,
		"form": form,
		"subjects": resources.list(object.get(input, "subject", null)),
	}
]

envelopes := [{"id": "dsse-envelope", "type": "provenance", "name": "dsse-envelope"} |
	is_string(input.payload)
	is_string(input.payloadType)
	is_array(input.signatures)
]

default name := "(unnamed)"

name := input.subject[0].name if is_string(input.subject[0].name)

subject(s) := object.filter(s, {"id", "type", "name"})

violation(s, message, path, fix) := {"subject": s.id, "message": message, "path": path, "fix": fix}

# Where the builder is named, and what a build was made of.
builder_path := {"v1": ["predicate", "runDetails", "builder", "id"], "v0.2": ["predicate", "builder", "id"]}

materials_path := {"v1": ["predicate", "buildDefinition", "resolvedDependencies"], "v0.2": ["predicate", "materials"]}

materials(s) := [[array.concat(materials_path[s.form], [i]), material] |
	some i, material in resources.list(object.get(input, materials_path[s.form], null))
	is_object(material)
]

# Places that say which repository was built: [path, address].
sources(s) := [[path, address] |
	some path in source_paths[s.form]
	address := object.get(input, path, null)
	is_string(address)
]

source_paths := {
	"v1": [
		["predicate", "buildDefinition", "externalParameters", "workflow", "repository"],
		["predicate", "buildDefinition", "externalParameters", "source", "uri"],
		["predicate", "buildDefinition", "externalParameters", "source"],
		["predicate", "buildDefinition", "externalParameters", "repository"],
	],
	"v0.2": [["predicate", "invocation", "configSource", "uri"]],
}

# An address without the tool's prefix and without the branch behind it.
plain(address) := split(trim_prefix(trim_prefix(address, "git+"), "git:"), "@")[0]

# Whether an address is, or is below, one of the stated beginnings.
below(address, beginnings) if {
	some beginning in beginnings
	startswith(address, beginning)
	not contains(address, "/..")
}
