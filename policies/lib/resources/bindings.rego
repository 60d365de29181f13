# METADATA
# title: Allow policies of Google Cloud
# description: |
#   Reads the allow policies that google_*_iam_policy sets as a whole, JSON in policy_data: a list of bindings, each of a role to
#   members. What is no such text, or an expression, has no bindings that are known.
package lib.resources.bindings

import data.lib.resources
import data.lib.resources.documents

# Whether a resource of the plan sets the whole policy of something.
default whole_policy(_) := false

whole_policy(r) if regex.match(`^google_[a-z0-9_]+_iam_policy$`, r.native_type)

# Bindings of a policy, as far as they can be read.
of(r) := [binding |
	some binding in resources.list(object.get(parsed(r), "bindings", null))
	is_object(binding)
]

# Whether every binding can be read.
default readable(_) := false

readable(r) if {
	resources.attribute(r, ["policy_data"]).state == "set"
	written := object.get(parsed(r), "bindings", null)
	is_list(written)
	every binding in resources.list(written) { is_binding(binding) }
}

parsed(r) := policy if {
	policy := documents.parsed(resources.attribute(r, ["policy_data"]).value)
	is_object(policy)
}

# A policy without bindings gives nothing to anybody.
is_list(null)

is_list(value) if is_array(value)

is_binding(binding) if {
	is_object(binding)
	is_string(object.get(binding, "role", null))
	is_list(object.get(binding, "members", null))
	every member in resources.list(object.get(binding, "members", null)) { is_string(member) }
}
