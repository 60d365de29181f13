# METADATA
# title: Permissions of security groups, as the API of EC2 writes them
# description: |
#   A permission has a protocol, a first and a last port, and its sources: flat (CidrIp, CidrIpv6; cidrBlocks of Upbound),
#   or in lists of ranges (ipRanges, ipv4Ranges, ipv6Ranges). Names differ in case only. The result is what ingress.rego
#   promises.
package lib.resources.permissions

import data.lib.resources

rules(r) := [rule |
	is_ingress(r)
	some place in places(r)
	is_object(place.permission)
	rule := {
		"at": place.at,
		"protocol": protocol(place.permission),
		"ports": ports(place.permission),
		"sources": sources(place.permission),
		"undecided": open_ended(r, place),
	}
]

# A list of permissions, or the resource itself.
places(r) := [{"at": r.attributes.ingress, "permission": value}] if {
	value := object.get(r.values, r.attributes.ingress, {})
	is_object(value)
} else := [{"at": array.concat(r.attributes.ingress, [i]), "permission": permission} |
	some i, permission in resources.list(object.get(r.values, r.attributes.ingress, null))
]

# The rules of Upbound have a type; without one they are for ingress.
default is_ingress(_) := false

is_ingress(r) if not object.get(r.values, array.concat(r.attributes.ingress, ["type"]), null) == "egress"

default undecided(_) := false

undecided(r) if resources.is_unknown(r, r.attributes.ingress)

undecided(r) if {
	some i, _ in resources.list(object.get(r.values, r.attributes.ingress, null))
	resources.is_unknown(r, array.concat(r.attributes.ingress, [i]))
}

# Names of members in lower case.
member(permission, name) := value if {
	some key, value in permission
	lower(key) == name
	value != null
}

protocol(permission) := normal(lower(sprintf("%v", [value]))) if {
	some name in ["ipprotocol", "protocol"]
	value := member(permission, name)
	not is_object(value)
} else := "all"

normal(text) := "all" if {
	text in {"-1", "all", "*"}
} else := text

# Every protocol means every port, whatever is written; so do -1, nothing and what is not a number.
ports(permission) := [[from, to]] if {
	protocol(permission) != "all"
	from := number(member(permission, "fromport"))
	to := number(member(permission, "toport"))
	from >= 0
} else := [[0, 65535]]

number(value) := value if is_number(value)

number(value) := to_number(value) if {
	is_string(value)
	regex.match(`^[0-9]+$`, value)
}

sources(permission) := array.concat(flat(permission), ranged(permission))

flat(permission) := [source |
	some name in ["cidrip", "cidripv4", "cidripv6", "cidrblocks", "ipv6cidrblocks", "ipranges"]
	some source in resources.list(member(permission, name))
	is_string(source)
]

ranged(permission) := [source |
	some name in ["ipranges", "ipv4ranges", "ipv6ranges"]
	some range in resources.list(member(permission, name))
	is_object(range)
	some key in ["cidrip", "cidripv4", "cidripv6"]
	source := member(range, key)
	is_string(source)
]

# An expression, or a prefix list: a list of networks that stands elsewhere.
default open_ended(_, _) := false

open_ended(r, place) if {
	some key, _ in place.permission
	lower(key) in {
		"cidrip", "cidripv4", "cidripv6", "cidrblocks", "ipv6cidrblocks", "ipranges", "ipv4ranges", "ipv6ranges",
		"ipprotocol", "protocol", "fromport", "toport",
	}
	resources.has_unknown(r, array.concat(place.at, [key]))
}

open_ended(_, place) if {
	some key, value in place.permission
	some prefix in ["prefixlistid", "sourceprefixlistid"]
	startswith(lower(key), prefix)
	count(resources.list(value)) > 0
}
