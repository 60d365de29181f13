# METADATA
# title: Environment of a resource
# description: Reads the environment from tags or labels. Nothing is guessed from names.
package lib.resources.environment

# From most to least specific. Keys are compared in lower case.
keys := ["environment", "app.kubernetes.io/environment", "env", "stage"]

# The environment that a map of tags or labels states, in lower case; undefined where it states none. Of keys that differ
# in case only, the first in order counts, so that every evaluator finds the same.
of(tags) := found[0][2] if {
	found := sort([[rank, key, lower(value)] |
		some rank, wanted in keys
		some key, value in tags
		lower(key) == wanted
		is_string(value)
		value != ""
	])
	count(found) > 0
}

# An object to be joined with a resource: empty where no environment is stated.
property(tags) := {"environment": of(tags)}

property(tags) := {} if not of(tags)
