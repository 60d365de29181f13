# METADATA
# title: Requirements on settings
# description: |
#   One idea, such as "the database takes encrypted connections only", is another setting in every cloud. A rule of this
#   kind is a table from the native type of a resource to a list of what is required of it. A requirement has:
#   at (path of the setting in the values; or several paths, of which the first that is written counts, since providers
#   rename arguments), wants (see `meets`), absent (pass, fail, or unknown: what holds where nothing is written), problem
#   (what is wrong otherwise, as the end of a sentence that begins with the resource), fix, and optionally each (path of a
#   list of blocks: `at` is then asked of each block), beside (types and key: the setting stands in resources of these types
#   whose argument `key` names this one; absent then also says what holds where there is none), when (a list of at, wants and
#   absent: the requirement is asked only of resources that meet them all) and unless (such a list of which one is
#   enough instead).
package lib.requirements

import data.lib.resources
import data.lib.resources.links

# What a policy's population, violations and unknowns say of such a table.
subjects(table) := {resources.subject(r) | some r in judged(table)}

violations(table) := {resources.violation(f.r, message, f.at, f.need.fix) |
	some f in findings(table)
	f.state == "fail"
	message := sprintf("%s %s.", [f.r.id, f.need.problem])
}

unknowns(table) := {resources.undecided(f.r, message, f.at) |
	some f in findings(table)
	f.state == "unknown"
	message := sprintf("Whether %s %s cannot be told before apply.", [f.r.id, f.need.problem])
}

# Resources of the types of a table of which at least one thing is asked.
judged(table) := [r |
	some i in sort({i | some type, _ in table; some i in object.get(places, type, set())})
	r := resources.resources[i]
	count([need | some need in table[r.native_type]; asked(r, need) != "no"]) > 0
]

# The list of resources is walked once for all tables.
places[type] contains i if {
	some i, r in resources.resources
	type := r.native_type
}

findings(table) := array.concat(
	[{"r": r, "need": need, "at": found.at, "state": found.state} |
		some r in judged(table)
		some need in table[r.native_type]
		some spot in spots(r, need)
		found := outcome(r, need, spot)
		found.state != "pass"
	],
	[{"r": r, "need": need, "at": need.each, "state": "unknown"} |
		some r in judged(table)
		some need in table[r.native_type]
		need.each
		asked(r, need) != "no"
		resources.is_unknown(r, need.each)
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
asked(r, need) := "no" if {
	some condition in object.get(need, "when", [])
	value_state(r, condition, []).state == "fail"
} else := "unknown" if {
	some condition in object.get(need, "when", [])
	value_state(r, condition, []).state == "unknown"
} else := "yes"

outcome(r, need, spot) := {"state": "pass", "at": []} if {
	asked(r, need) == "no"
} else := found if {
	found := value_state(r, need, spot)
	found.state == "pass"
} else := {"state": "pass", "at": []} if {
	some other in object.get(need, "unless", [])
	value_state(r, other, []).state == "pass"
} else := {"state": "unknown", "at": found.at} if {
	"unknown" in ({asked(r, need)} | {value_state(r, other, []).state | some other in object.get(need, "unless", [])})
	found := value_state(r, need, spot)
} else := value_state(r, need, spot)

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
written(r, ats) := first([attribute |
	some wanted in ["set", "unknown", "absent"]
	some at in ats
	attribute := resources.attribute(r, at)
	attribute.state == wanted
])

first(list) := list[0]

state(r, need, attribute) := need.absent if {
	attribute.state == "absent"
} else := "pass" if {
	attribute.state == "unknown"
	need.wants == "reference"
} else := "fail" if {
	attribute.state == "unknown"
	need.wants == "nothing"
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
	some kind in ["contains", "filled_without"]
	wants[kind]
	not meets(value, wants)
}

open_to_change(value, wants) if {
	some kind in ["excludes", "excludes_like", "filled_without"]
	wants[kind]
	meets(value, wants)
}

# "true", "false"; "something": not empty; "reference" and "nothing": not empty and empty, where a value that only the apply
# gives is one (for arguments that no provider computes by itself); one_of and none_of: texts in any case; at_least and
# at_most: numbers; contains (all of them) and excludes (each of them): lists; like and unlike: a pattern,
# against the text in lower case; excludes_like: no item of the list matches;
# filled_without: a list that is not empty and excludes.
meets(value, "true") if resources.is_true(value)

meets(value, "false") if resources.is_false(value)

meets(value, wants) if {
	wants in {"something", "reference"}
	filled(value)
}

meets(value, wants) if {
	wants in {"nothing", "empty"}
	not filled(value)
}

meets(value, wants) if regex.match(wants.like, text(value))

meets(value, wants) if {
	wants.unlike
	not regex.match(wants.unlike, text(value))
}

meets(value, wants) if text(value) in {text(allowed) | some allowed in wants.one_of}

meets(value, wants) if {
	wants.none_of
	not text(value) in {text(refused) | some refused in wants.none_of}
}

meets(value, wants) if number(value) >= wants.at_least

meets(value, wants) if number(value) <= wants.at_most

meets(value, wants) if {
	wants.contains
	every wanted in wants.contains { text(wanted) in texts(value) }
}

meets(value, wants) if {
	wants.excludes
	every refused in wants.excludes { not text(refused) in texts(value) }
}

meets(value, wants) if {
	wants.excludes_like
	every item in texts(value) { not regex.match(wants.excludes_like, item) }
}

meets(value, wants) if {
	wants.filled_without
	filled(value)
	every refused in wants.filled_without { not text(refused) in texts(value) }
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
