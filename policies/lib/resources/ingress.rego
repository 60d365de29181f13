# METADATA
# title: Ingress rules of firewalls
# description: |
#   Turns the ways in which clouds write "from where, to which port" into one list of rules: at (path in the resource),
#   protocol, ranges of ports ([from, to], all ports as [0, 65535]), sources (CIDR texts) and
#   undecided (something of the rule is not known yet, or stands in a list elsewhere).
package lib.resources.ingress

import data.lib.resources
import data.lib.resources.permissions

# AWS security groups with blocks of their own.
rules(r) := [rule |
	some i, block in resources.list(object.get(r.values, "ingress", []))
	rule := aws(r, ["ingress", i], {"cidrs": ["cidr_blocks", "ipv6_cidr_blocks"], "protocol": "protocol", "lists": "prefix_list_ids"})
	is_object(block)
] if {
	r.native_type in {"aws_security_group", "aws_default_security_group"}
}

rules(r) := [rule |
	resources.attribute(r, ["type"]).value == "ingress"
	rule := aws(r, [], {"cidrs": ["cidr_blocks", "ipv6_cidr_blocks"], "protocol": "protocol", "lists": "prefix_list_ids"})
] if {
	r.native_type == "aws_security_group_rule"
}

rules(r) := [aws(r, [], {"cidrs": ["cidr_ipv4", "cidr_ipv6"], "protocol": "ip_protocol", "lists": "prefix_list_id"})] if {
	r.native_type == "aws_vpc_security_group_ingress_rule"
}

rules(r) := [rule |
	resources.attribute(r, ["direction"]).value in {"INGRESS", null}
	not resources.is_true(resources.attribute(r, ["disabled"]).value)
	some i, allow in resources.list(object.get(r.values, "allow", []))
	rule := {
		"at": ["allow", i],
		"protocol": protocol(object.get(allow, "protocol", null)),
		"ports": port_ranges(object.get(allow, "ports", null)),
		"sources": google_sources(r),
		"undecided": resources.has_unknown(r, ["source_ranges"]),
	}
] if {
	r.native_type == "google_compute_firewall"
}

# The same as the API of Compute Engine shows it.
rules(r) := [rule |
	upper(resources.attribute(r, ["direction"]).value) == "INGRESS"
	not resources.is_true(resources.attribute(r, ["disabled"]).value)
	some i, allow in resources.list(object.get(r.values, "allowed", null))
	rule := {
		"at": ["allowed", i],
		"protocol": protocol(object.get(allow, "IPProtocol", null)),
		"ports": port_ranges(object.get(allow, "ports", null)),
		"sources": resources.list(object.get(r.values, "sourceRanges", null)),
		"undecided": count([key |
			some key in ["sourceRanges", "sourceTags", "sourceServiceAccounts"]
			count(resources.list(object.get(r.values, key, null))) > 0
		]) == 0,
	}
] if {
	r.native_type == "compute.googleapis.com/Firewall"
}

rules(r) := [azure(r, []) | allows_inbound(r.values)] if r.native_type == "azurerm_network_security_rule"

rules(r) := [azure(r, ["security_rule", i]) |
	some i, block in resources.list(object.get(r.values, "security_rule", []))
	allows_inbound(block)
] if {
	r.native_type == "azurerm_network_security_group"
}

rules(r) := [arm(r, ["properties"]) | allows_inbound(r.values.properties)] if {
	r.native_type == "Microsoft.Network/networkSecurityGroups/securityRules"
}

rules(r) := [arm(r, array.concat(arm_rules, [i, "properties"])) |
	some i, rule in resources.list(object.get(r.values, arm_rules, null))
	allows_inbound(rule.properties)
] if {
	r.native_type == "Microsoft.Network/networkSecurityGroups"
}

arm_rules := ["properties", "securityRules"]

# CloudFormation, Crossplane, ACK and AWS Config write permissions as the API of EC2 does.
rules(r) := permissions.rules(r) if r.attributes.ingress

# Whether the list of rules itself is known.
default undecided(_) := false

undecided(r) if {
	not r.listed
	some key in ["ingress", "security_rule", "allow"]
	resources.is_unknown(r, [key])
}

undecided(r) if {
	some key in ["access", "direction", "disabled", "protocol"]
	r.native_type == "azurerm_network_security_rule"
	resources.is_unknown(r, [key])
}

undecided(r) if {
	r.native_type == "aws_security_group_rule"
	resources.is_unknown(r, ["type"])
}

undecided(r) if permissions.undecided(r)

# A listing that shows neither what a rule allows nor what it denies says nothing of it.
undecided(r) if {
	r.native_type == "compute.googleapis.com/Firewall"
	resources.is_unknown(r, ["direction"])
}

undecided(r) if {
	r.native_type == "compute.googleapis.com/Firewall"
	resources.is_unknown(r, ["allowed"])
	resources.is_unknown(r, ["denied"])
}

# Where rules stand in a template of Azure, and what of them decides whether they are rules for what comes in.
undecided(r) if {
	r.provider in {"arm", "azure-resources"}
	some at in arm_places(r)
	some key in ["access", "direction", "protocol"]
	resources.is_unknown(r, array.concat(at, [key]))
}

undecided(r) if {
	r.native_type == "Microsoft.Network/networkSecurityGroups"
	resources.is_unknown(r, arm_rules)
}

arm_places(r) := [["properties"]] if r.native_type == "Microsoft.Network/networkSecurityGroups/securityRules"

arm_places(r) := [array.concat(arm_rules, [i, "properties"]) | some i, _ in resources.list(object.get(r.values, arm_rules, null))] if {
	r.native_type == "Microsoft.Network/networkSecurityGroups"
}

undecided(r) if {
	some i, _ in resources.list(object.get(r.values, "security_rule", null))
	some key in ["access", "direction", "protocol"]
	resources.is_unknown(r, ["security_rule", i, key])
}

aws(r, at, keys) := {
	"at": at,
	"protocol": protocol_,
	"ports": aws_ports(r, at, protocol_),
	"sources": [source |
		some key in keys.cidrs
		some source in resources.list(object.get(r.values, array.concat(at, [key]), null))
	],
	"undecided": aws_undecided(r, at, keys),
} if {
	protocol_ := protocol(object.get(r.values, array.concat(at, [keys.protocol]), null))
}

# Every protocol means every port, whatever is written (it is 0 to 0 then); so do -1 and nothing.
aws_ports(r, at, protocol_) := [[from, to]] if {
	protocol_ != "all"
	from := object.get(r.values, array.concat(at, ["from_port"]), null)
	to := object.get(r.values, array.concat(at, ["to_port"]), null)
	is_number(from)
	is_number(to)
	from >= 0
} else := [[0, 65535]]

default aws_undecided(_, _, _) := false

aws_undecided(r, at, keys) if {
	some key in array.concat(keys.cidrs, [keys.protocol, "from_port", "to_port"])
	resources.has_unknown(r, array.concat(at, [key]))
}

# A prefix list is a list of networks that stands elsewhere.
aws_undecided(r, at, keys) if {
	count(resources.list(object.get(r.values, array.concat(at, [keys.lists]), null))) > 0
}

aws_undecided(r, at, keys) if resources.has_unknown(r, array.concat(at, [keys.lists]))

# Without ranges, tags and accounts, Google takes a firewall rule for one from everywhere.
google_sources(r) := ranges if {
	ranges := resources.list(object.get(r.values, "source_ranges", null))
	count(ranges) > 0
} else := [] if {
	some key in ["source_tags", "source_service_accounts"]
	count(resources.list(object.get(r.values, key, null))) > 0
} else := ["0.0.0.0/0"]

allows_inbound(block) if {
	lower(block.direction) == "inbound"
	lower(block.access) == "allow"
}

azure(r, at) := {
	"at": at,
	"protocol": protocol(object.get(r.values, array.concat(at, ["protocol"]), "*")),
	"ports": port_ranges(array.concat(
		resources.list(object.get(r.values, array.concat(at, ["destination_port_range"]), null)),
		resources.list(object.get(r.values, array.concat(at, ["destination_port_ranges"]), null)),
	)),
	"sources": [azure_source(source) |
		some key in ["source_address_prefix", "source_address_prefixes"]
		some source in resources.list(object.get(r.values, array.concat(at, [key]), null))
	],
	"undecided": true in {resources.has_unknown(r, array.concat(at, [key])) |
		some key in ["source_address_prefix", "source_address_prefixes", "destination_port_range", "destination_port_ranges"]
	},
}

arm(r, at) := {
	"at": at,
	"protocol": protocol(object.get(r.values, array.concat(at, ["protocol"]), "*")),
	"ports": port_ranges(array.concat(
		resources.list(object.get(r.values, array.concat(at, ["destinationPortRange"]), null)),
		resources.list(object.get(r.values, array.concat(at, ["destinationPortRanges"]), null)),
	)),
	"sources": [azure_source(source) |
		some key in ["sourceAddressPrefix", "sourceAddressPrefixes"]
		some source in resources.list(object.get(r.values, array.concat(at, [key]), null))
	],
	"undecided": arm_undecided(r, at),
}

default arm_undecided(_, _) := false

arm_undecided(r, at) if {
	not r.listed
	some key in ["sourceAddressPrefix", "sourceAddressPrefixes", "destinationPortRange", "destinationPortRanges"]
	resources.has_unknown(r, array.concat(at, [key]))
}

# Of a rule that is there, one of each is shown: the networks or the groups that it is for, and the ports.
arm_undecided(r, at) if {
	r.listed
	some keys in [["sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups"], ["destinationPortRange", "destinationPortRanges"]]
	every key in keys { count(resources.list(object.get(r.values, array.concat(at, [key]), null))) == 0 }
}

azure_source(source) := "0.0.0.0/0" if lower(source) in {"*", "any", "internet"}

azure_source(source) := source if not lower(source) in {"*", "any", "internet"}

protocol(value) := "all" if {
	value == null
} else := "all" if {
	# An expression may give any.
	contains(value, "${")
} else := "all" if {
	lower(sprintf("%v", [value])) in {"-1", "all", "*"}
} else := lower(sprintf("%v", [value]))

# "22", 22, "8000-8100" and "*"; nothing means all.
port_ranges(ports) := [[0, 65535]] if count(resources.list(ports)) == 0

port_ranges(ports) := [port_range(sprintf("%v", [port])) | some port in resources.list(ports)] if {
	count(resources.list(ports)) > 0
}

port_range(text) := [to_number(text), to_number(text)] if {
	regex.match(`^[0-9]+$`, text)
} else := [to_number(ends[0]), to_number(ends[1])] if {
	regex.match(`^[0-9]+-[0-9]+$`, text)
	ends := split(text, "-")
} else := [0, 65535]
