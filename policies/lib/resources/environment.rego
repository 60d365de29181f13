# METADATA
# title: Environment of a resource
# description: Reads the environment from tags or labels. Nothing is guessed from names.
package lib.resources.environment

# From most to least specific. Keys are compared in lower case.
keys := ["environment", "app.kubernetes.io/environment", "env", "stage"]

# The environment that a map of tags or labels states, in lower case; undefined where it states none.
of(tags) := found[0] if {
	found := [lower(value) |
		some wanted in keys
		some key, value in tags
		lower(key) == wanted
		is_string(value)
		value != ""
	]
	count(found) > 0
}

# An object to be joined with a resource: empty where no environment is stated.
property(tags) := {"environment": of(tags)}

property(tags) := {} if not of(tags)
