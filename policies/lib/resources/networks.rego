# METADATA
# title: Networks
# description: What a network in CIDR form stands for.
package lib.resources.networks

# A network so large that it can only be the public internet: every private IPv4 network is /8 or smaller, and
# global IPv6 as a whole is /3. Answers true or false.
default whole_internet(_) := false

whole_internet(source) if {
	parts := split(source, "/")
	count(parts) == 2
	contains(parts[0], ".")
	bits(parts[1]) < 8
}

whole_internet(source) if {
	parts := split(source, "/")
	count(parts) == 2
	contains(parts[0], ":")
	bits(parts[1]) <= 3
}

bits(text) := to_number(text) if regex.match(`^(0|[1-9][0-9]{0,2})$`, text)

bits(text) := to_number(trim_left(text, "0")) if regex.match(`^0+[1-9][0-9]{0,2}$`, text)

bits(text) := 0 if regex.match(`^00+$`, text)
