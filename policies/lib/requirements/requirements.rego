# METADATA
# title: Requirements on settings
# description: |
#   One idea, such as "the database takes encrypted connections only", is another setting in every cloud. A rule of this
#   kind is a table from the native type of a resource to a list of what is required of it. A requirement has:
#   at (path of the setting in the values; or several paths, of which the first that is written counts, since providers
#   rename arguments), wants (see `meets`), absent (pass, fail, or unknown: what holds where nothing is written), problem
#   (what is wrong otherwise, as the end of a sentence that begins with the resource), fix, and optionally unknown (what holds
#   where only the apply gives the value, instead of no verdict), each (path of a
#   list of blocks: `at` is then asked of each block), beside (types and key: the setting stands in resources of these types
#   whose argument `key` names this one; absent then also says what holds where there is none), when (a list of at, wants and
#   absent: the requirement is asked only of resources that meet them all) and unless (such a list of which one is
#   enough instead).
package lib.requirements

import data.lib.resources
import data.lib.resources.links
import data.lib.resources.networks

# What a policy's population, violations and unknowns say of such a table. One pass for all three.
judge(table) := {
	"population": {resources.subject(entry.r) | some entry in entries},
	"violations": {resources.violation(f.r, message, f.at, f.need.fix) |
		some f in found
		f.state == "fail"
		message := sprintf("%s %s.", [f.r.id, f.need.problem])
	},
	"unknowns": {resources.undecided(f.r, message, f.at) |
		some f in found
		f.state == "unknown"
		message := sprintf("Whether %s %s cannot be told %s.", [f.r.id, f.need.problem, from_what(f.r)])
	},
} if {
	entries := judged(table)
	found := findings(entries)
}

from_what(r) := "from the listing, which does not show it" if {
	r.listed
} else := "before apply"

# Resources of the types of a table of which at least one thing is asked, with what is asked of them and how surely.
judged(table) := [{"r": r, "asked": needs} |
	some type, _ in table
	some r in object.get(resources.by_native_type, type, [])
	needs := [[need, how] |
		some need in table[r.native_type]
		how := asked(r, need)
		how != "no"
	]
	count(needs) > 0
]

findings(entries) := array.concat(
	[{"r": entry.r, "need": need, "at": found.at, "state": found.state} |
		some entry in entries
		some [need, how] in entry.asked
		some spot in spots(entry.r, need)
		found := outcome(entry.r, need, how, value_state(entry.r, need, spot))
		found.state != "pass"
	],
	[{"r": entry.r, "need": need, "at": need.each, "state": "unknown"} |
		some entry in entries
		some [need, _] in entry.asked
		need.each
		resources.is_unknown(entry.r, need.each)
	],
)

# Where a requirement is asked: once, or in each block.
spots(_, need) := [[]] if not need.each

spots(r, need) := [array.concat(need.each, [i]) |
	some i, block in resources.list(object.get(r.values, need.each, null))
	is_object(block)
] if {
	need.each
}

# Whether a requirement is asked of a resource: yes, no, unknown.
asked(_, need) := "yes" if not need.when

asked(r, need) := how if {
	states := {value_state(r, condition, []).state | some condition in need.when}
	how := asked_by(states)
}

asked_by(states) := "no" if {
	"fail" in states
} else := "unknown" if {
	"unknown" in states
} else := "yes"

# What a value means for a requirement that is asked surely or perhaps, and may be met otherwise.
outcome(r, need, how, found) := found if {
	found.state == "pass"
} else := found if {
	how == "yes"
	not need.unless
} else := {"state": "pass", "at": []} if {
	some other in need.unless
	value_state(r, other, []).state == "pass"
} else := {"state": "unknown", "at": found.at} if {
	"unknown" in ({how} | {value_state(r, other, []).state | some other in object.get(need, "unless", [])})
} else := found

value_state(r, need, spot) := own_state(r, need, spot) if not need.beside

value_state(r, need, _) := {"state": "pass", "at": []} if {
	"pass" in beside_states(r, need)
} else := {"state": "unknown", "at": []} if {
	"unknown" in beside_states(r, need)
} else := {"state": "fail", "at": []} if {
	count(beside_states(r, need)) > 0
} else := {"state": "unknown", "at": []} if {
	# One of them says only after apply whom it names.
	count(links.unresolved(need.beside.types, need.beside.key)) > 0
} else := {"state": "unknown", "at": []} if {
	# A listing does not show all that is beside a resource.
	need.beside
	r.listed
} else := {"state": need.absent, "at": []} if {
	need.beside
}

beside_states(r, need) := {own_state(other, need, []).state |
	some other in links.pointing_at(r, need.beside.types, need.beside.key)
}

own_state(r, need, spot) := {"state": state(r, need, attribute), "at": attribute.path} if {
	attribute := written(r, [array.concat(spot, at) | some at in paths(need.at)])
}

paths(at) := at if is_array(at[0])

paths(at) := [at] if not is_array(at[0])

# The first path with a value; without one the first that is not known yet.
written(r, ats) := resources.attribute(r, ats[0]) if count(ats) == 1

written(r, ats) := first([attribute |
	some wanted in ["set", "unknown", "absent"]
	some attribute in attributes
	attribute.state == wanted
]) if {
	count(ats) > 1
	attributes := [resources.attribute(r, at) | some at in ats]
}

first(list) := list[0]

state(r, need, attribute) := need.absent if {
	attribute.state == "absent"
} else := need.unknown if {
	attribute.state == "unknown"
	not r.listed
} else := "pass" if {
	attribute.state == "unknown"
	need.wants == "reference"
	resources.will_be_there(r, attribute.path)
} else := "fail" if {
	attribute.state == "unknown"
	need.wants == "nothing"
	resources.will_be_there(r, attribute.path)
} else := "unknown" if {
	attribute.state == "unknown"
} else := "unknown" if {
	# A list of which a part is not known yet may still get, or hold, what is looked for.
	is_array(attribute.value)
	resources.has_unknown(r, attribute.path)
	open_to_change(attribute.value, need.wants)
} else := "pass" if {
	meets(attribute.value, need.wants)
} else := "fail"

open_to_change(value, wants) if {
	some kind, _ in wants
	kind in {"contains", "filled_without"}
	not meets(value, wants)
}

open_to_change(value, wants) if {
	some kind, _ in wants
	kind in {"excludes", "excludes_like", "filled_without"}
	meets(value, wants)
}

# "true", "false"; "something": not empty; "reference" and "nothing": not empty and empty, where a value that only the apply
# gives is one (for arguments that no provider computes by itself; in a template only what names a resource of it); "empty"; one_of and none_of: texts in any case; at_least
# and at_most: numbers; contains (all of them) and excludes (each of them): lists; like and unlike: a pattern, against the
# text in lower case; excludes_like: no item of the list matches; filled_without: a list that is not empty and excludes.
meets(value, wants) if {
	is_string(wants)
	holds(wants, value, null)
}

meets(value, wants) if {
	some kind, operand in wants
	holds(kind, value, operand)
}

holds("true", value, _) if resources.is_true(value)

holds("false", value, _) if resources.is_false(value)

holds("something", value, _) if filled(value)

holds("reference", value, _) if filled(value)

holds("nothing", value, _) if not filled(value)

holds("empty", value, _) if not filled(value)

holds("like", value, pattern) if regex.match(pattern, text(value))

holds("unlike", value, pattern) if not regex.match(pattern, text(value))

holds("one_of", value, allowed) if text(value) in {text(item) | some item in allowed}

holds("none_of", value, refused) if not refuses(refused, text(value))

holds("at_least", value, least) if number(value) >= least

holds("at_most", value, most) if number(value) <= most

holds("contains", value, all) if {
	every wanted in all { text(wanted) in texts(value) }
}

holds("excludes", value, refused) if {
	every item in texts(value) { not refuses(refused, item) }
}

holds("excludes_like", value, pattern) if {
	every item in texts(value) { not regex.match(pattern, item) }
}

holds("filled_without", value, refused) if {
	filled(value)
	every item in texts(value) { not refuses(refused, item) }
}

refuses(refused, item) if item in {text(one) | some one in refused}

# Who refuses the whole internet refuses its halves too.
refuses(refused, item) if {
	"0.0.0.0/0" in refused
	networks.whole_internet(item)
}

text(value) := lower(sprintf("%v", [value]))

# Items of a list; of blocks, the texts that stand in them.
texts(value) := {text(item) |
	some item in resources.list(value)
	not is_object(item)
} | {text(part) |
	some item in resources.list(value)
	is_object(item)
	some part in item
	is_string(part)
}

number(value) := value if is_number(value)

number(value) := to_number(value) if {
	is_string(value)
	regex.match(`^-?[0-9]+(\.[0-9]+)?$`, value)
}

filled(value) if {
	is_string(value)
	trim_space(value) != ""
}

filled(value) if {
	not is_string(value)
	not is_number(value)
	not is_boolean(value)
	count(value) > 0
}

filled(value) if is_number(value)
