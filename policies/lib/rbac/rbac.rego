# METADATA
# title: Roles and bindings of Kubernetes
# description: What a rule of a role allows. The roles that Kubernetes itself brings are not left out, so that no name or label hides one.
package lib.rbac

import data.lib.resources

roles := resources.of_type("rbac_role")

bindings := resources.of_type("rbac_binding")

# Rules of a role with their place: [index, rule].
rules(r) := [[i, rule] | some i, rule in resources.list(object.get(r.values, "rules", null)); is_object(rule)]

# Those of the wanted resources (of one API group) and verbs that a rule allows, in their order. A wildcard allows all.
verbs(rule, wanted) := [verb | some verb in wanted; has(rule, "verbs", verb)]

covers(rule, group, resource) if {
	has(rule, "apiGroups", group)
	covers_resource(rule, resource)
}

covers_resource(rule, resource) if has(rule, "resources", resource)

# `*/token` stands for that part of every resource.
covers_resource(rule, resource) if {
	parts := split(resource, "/")
	count(parts) == 2
	sprintf("*/%s", [parts[1]]) in resources.list(object.get(rule, "resources", null))
}

has(rule, key, value) if {
	some one in resources.list(object.get(rule, key, null))
	one in {"*", value}
}

# Subjects of a binding with their place: [index, subject].
subjects(r) := [[i, s] | some i, s in resources.list(object.get(r.values, "subjects", null)); is_object(s)]
