# METADATA
# title: One view of a resource
# description: |
#   Turns what is judged (a Terraform or OpenTofu plan or source file, a template of CloudFormation or Azure, an item of AWS Config, a listing of
#   Azure or Google Cloud, a Kubernetes manifest, live object or AdmissionReview, a custom resource of Crossplane or ACK) into one list of typed resources,
#   so that a rule is written once. Each source is one file beside this one; a new source adds its file and one line
#   to `resources`.
#
#   A resource has: type (Exhibit's own noun, such as database), id (stable, unique in the input), name,
#   environment (only where a tag or label says it), provider, native_type, path (JSON path in the input to the root of
#   `values`), values, unknown (a tree with true where a plan does not know the value yet), computed (paths at which an
#   expression stands instead of a value), listed (what is not shown is unknown: a listing may leave it out), attributes (name of a property that several sources have, to its path in
#   `values`), facts (what holds of the type without being written) and sources (paths that name what it is made from).
package lib.resources

import data.lib.resources.arm
import data.lib.resources.aws_config
import data.lib.resources.azure_resources
import data.lib.resources.cloudformation
import data.lib.resources.gcp_assets
import data.lib.resources.hcl
import data.lib.resources.kubernetes
import data.lib.resources.terraform

# Every resource of the input. What looks like several sources at once is judged as each of them.
resources := array.concat(
	array.concat(terraform.resources, kubernetes.resources),
	array.concat(array.concat(cloudformation.resources, aws_config.resources), array.concat(hcl.resources, array.concat(arm.resources, listings))),
)

listings := array.concat(azure_resources.resources, gcp_assets.resources)

# Resources of one type, in the order of the input. Asked by every policy, so the lists are made once for all. They are not sorted:
# WebAssembly sorts in the square of the length.
of_type(type) := object.get(by_type, type, [])

by_type := {type: [r | some r in resources; r.type == type] | some type in {r.type | some r in resources}}

# Resources of any of these native types, type by type in order, and in the order of the input. What belongs to a resource is
# looked for once a resource: walking the whole list each time would take as long as the square of its length.
of_native_types(types) := [r | some type in sort(types); some r in object.get(by_native_type, type, [])]

by_native_type := {type: [r | some r in resources; r.native_type == type] |
	some type in {r.native_type | some r in resources}
}

# What the population of a policy says of a resource.
subject(r) := object.filter(r, {"id", "type", "name", "environment"})

# One violation of one resource. `at` is a path within the resource; the path of the violation is the nearest
# place that exists in the input.
violation(r, message, at, fix) := {
	"subject": r.id,
	"message": message,
	"path": array.concat(r.path, nearest(r.values, at)),
	"fix": fix,
}

# The same with what an editor may write in its place: one value that is right for every such resource.
edited(r, found, at, value) := object.union(found, {"edit": {"path": array.concat(r.path, at), "value": value}})

# One thing that cannot be judged: the value is decided outside of what was read. Never a pass.
undecided(r, message, at) := {
	"subject": r.id,
	"message": message,
	"path": array.concat(r.path, nearest(r.values, at)),
}

# State of the value at a path of a resource: set (with the value), unknown (it is decided outside of what was read:
# after apply, or by an expression) or absent (null or not written; the provider's default holds). Paths that a resource
# type does not have are absent.
attribute(r, at) := {"state": "set", "value": value, "path": at} if {
	value := object.get(r.values, at, null)
	value != null
	not is_computed(r, at)
} else := {"state": "unknown", "value": null, "path": at} if {
	is_unknown(r, at)
} else := {"state": "absent", "value": null, "path": at}

# The same for a property by its common name. Undefined where the resource type has no such property.
named(r, name) := attribute(r, r.attributes[name])

# Whether a property by its common name is in a state; false where the resource type has no such property.
default named_is(_, _, _) := false

named_is(r, name, state) if named(r, name).state == state

# Whether something is written at a path, a value or an expression. Not where an expression around it makes all unknown.
default stated(_, _) := false

stated(r, at) if attribute(r, at).state == "set"

stated(r, at) if at in r.computed

stated(r, at) if object.get(r.unknown, at, false) == true

# Whether it says what it is made from, so that it may take over properties of that.
default derived(_) := false

derived(r) if {
	some at in r.sources
	attribute(r, at).state != "absent"
}

# These answer true or false and are never undefined: an undefined part would silently drop the statement that holds it.

# A value is unknown when it or something around it is marked so.
default is_unknown(_, _) := false

is_unknown(r, _) if r.unknown == true

# The first step is asked for by itself: of most paths nothing at all is unknown, and every policy asks of every resource.
is_unknown(r, at) if {
	r.unknown[at[0]]
	some length in numbers.range(1, count(at))
	object.get(r.unknown, array.slice(at, 0, length), false) == true
}

is_unknown(r, at) if is_computed(r, at)

# A listing may leave out what is there, so what it does not show is no default.
is_unknown(r, at) if {
	r.listed
	object.get(r.values, at, null) == null
}

# An expression stands there, or around it.
default is_computed(_, _) := false

is_computed(r, at) if {
	count(r.computed) > 0
	some length in numbers.range(0, count(at))
	array.slice(at, 0, length) in r.computed
}

# Whether what is not known yet is the name of something that is made along with it, so that there will be a value.
default will_be_there(_, _) := false

will_be_there(r, at) if {
	r.provider in {"terraform", "kubernetes"}
	is_unknown(r, at)
}

will_be_there(r, at) if at in r.references

# Something within a value is unknown, so that a list may be longer than it looks.
default has_unknown(_, _) := false

has_unknown(r, at) if is_unknown(r, at)

has_unknown(r, at) if {
	tree := object.get(r.unknown, at, false)
	tree != false
	some [_, leaf] in walked(tree)
	leaf == true
}

has_unknown(r, at) if {
	some path in r.computed
	array.slice(path, 0, count(at)) == at
}

walked(tree) := [[at, leaf] | walk(tree, [at, leaf])]

# Longest part of a path that exists in a value.
nearest(value, at) := at if {
	exists(value, at)
} else := array.slice(at, 0, max([length |
	some length in numbers.range(0, count(at))
	exists(value, array.slice(at, 0, length))
]))

exists(_, []) := true

exists(value, at) if {
	count(at) > 0
	object.get(value, at, "\u0000absent") != "\u0000absent"
}

# Booleans come as true, and as "true" where a template or a tag wrote them.
default is_true(_) := false

is_true(true)

is_true(value) if {
	is_string(value)
	lower(value) == "true"
}

default is_false(_) := false

is_false(false)

is_false(value) if {
	is_string(value)
	lower(value) == "false"
}

# A list, whatever was written: null is empty, a single value is a list of one.
list(value) := value if is_array(value)

list(value) := [] if value == null

list(value) := [value] if {
	not is_array(value)
	value != null
}

# A path as people write it, without the numbers of lists: settings.backup_configuration.enabled.
dotted(at) := concat(".", [part | some part in at; is_string(part)])
