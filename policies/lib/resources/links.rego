# METADATA
# title: Resources that configure another resource
# description: |
#   Many Terraform providers split one thing into several resources: the public access block of a bucket is a resource
#   of its own that names the bucket. In a plan the name is often not known yet; then the plan's configuration says
#   which resource the expression refers to. References are followed within one module. What leads
#   outside of it is listed by `unresolved`, so that a rule can give no verdict instead of a wrong one.
package lib.resources.links

import data.lib.resources

# Resources of the given native types whose argument `key` names the resource.
pointing_at(target, types, key) := [r |
	some r in resources.of_native_types(types)
	points_at(r, key, target)
]

# Resources of the given native types of which the plan does not show what `key` names.
unresolved(types, key) := [r |
	some r in resources.of_native_types(types)
	resources.attribute(r, [key]).state != "set"
	not refers_to_any(r, key)
]

points_at(r, key, target) if {
	value := resources.attribute(r, [key]).value
	value != null
	some name in ["id", "bucket", "name", "arn"]
	object.get(target.values, name, null) == value
}

# A resource of Azure within another has the type and the name of that before its own.
points_at(r, "name", target) if {
	r.provider == "arm"
	startswith(r.native_type, concat("", [target.native_type, "/"]))
	startswith(r.name, concat("", [target.name, "/"]))
}

# In a listing of Azure, what is within a resource or extends it has the id of that before its own.
points_at(r, key, target) if {
	key in {"name", "scope"}
	r.provider == "azure-resources"
	target.provider == r.provider
	startswith(r.id, concat("", [target.id, "/"]))
}

# One beside it names it as its scope, by its id or by its type and name.
points_at(r, "scope", target) if {
	r.provider == "arm"
	is_string(r.values.scope)
	lower(r.values.scope) in {
		lower(sprintf("[resourceId('%s', '%s')]", [target.native_type, target.name])),
		lower(concat("/", [target.native_type, target.name])),
	}
}

points_at(r, key, target) if {
	resources.attribute(r, [key]).state != "set"
	r.module == target.module
	address(target) in references(r, key)
	same_instance(r, key, target)
}

# With count or for_each, the instance with the same key is meant, or the one that is named.
same_instance(_, _, target) if instance(target) == ""

same_instance(r, key, target) if {
	instance(target) != ""
	concat("", [address(target), instance(target)]) in references(r, key)
}

same_instance(r, key, target) if {
	instance(target) != ""
	instance(r) == instance(target)
	not names_instance(r, key, target)
}

names_instance(r, key, target) if {
	some reference in references(r, key)
	startswith(reference, concat("", [address(target), "["]))
}

refers_to_any(r, key) if {
	some target in resources.resources
	target.id != r.id
	target.module == r.module
	address(target) in references(r, key)
}

refers_to_any(r, key) if {
	r.provider in {"arm", "azure-resources"}
	some target in resources.resources
	points_at(r, key, target)
}

# Address within the module, without the instance key.
address(r) := concat(".", [r.native_type, r.name])

# The instance key with its brackets, or nothing.
instance(r) := substring(r.id, count(base), -1) if {
	base := concat(".", [part | some part in [r.module, address(r)]; part != ""])
	startswith(r.id, base)
} else := ""

# What an expression refers to; `each.value` stands for what the resource is repeated over.
references(r, key) := {reference | some reference in direct(r, key)} | {reference |
	"each.value" in direct(r, key)
	some reference in object.get(configuration(r), ["for_each_expression", "references"], [])
}

direct(r, key) := object.get(configuration(r), ["expressions", key, "references"], []) if r.provider != "hcl"

# Source says it itself: `${aws_s3_bucket.invoices.id}`.
direct(r, key) := [found[1] |
	text := object.get(r.values, key, null)
	some found in regex.find_all_string_submatch_n(`(?:^|[^A-Za-z0-9_.])([a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z0-9_-]+)`, text, -1)
] if {
	r.provider == "hcl"
}

configuration(r) := block if {
	some block in object.get(root_module, module_path(r.module), [])
	block.address == address(r)
} else := {}

default root_module := {}

root_module := input.configuration.root_module

# `module.a["x"].module.b` is found under module_calls.a.module.module_calls.b.module. Keys may hold any text.
module_path(module) := array.concat(
	[part |
		some call in regex.find_all_string_submatch_n(
			`module\.([A-Za-z0-9_-]+)(?:\["(?:[^"\\]|\\.)*"\]|\[[0-9]+\])?`,
			module, -1,
		)
		some part in ["module_calls", call[1], "module"]
	],
	["resources"],
)
