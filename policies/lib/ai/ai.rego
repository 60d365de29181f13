# METADATA
# title: Registrations of AI systems
# description: |
#   Reads the documents that a team keeps beside its code: one of kind ai-system for each system, and one of kind
#   agent-actions for each agent. Their fields stand in docs/reference/ai-documents.md. Paths of files in them are not opened.
package lib.ai

import data.lib.resources

# Classes for which the duties of high-risk systems do not hold. A class that is missing or unknown counts as high.
light := {"limited", "minimal"}

classes := {"prohibited", "high", "limited", "minimal"}

# The registration of the input, with the class as it is judged.
systems := [{"id": id, "type": "ai_system", "name": id, "class": class} |
	input.kind == "ai-system"
	not input.apiVersion
]

# Those that have the duties of a high-risk system.
high_risk := [s | some s in systems; not s.class in light]

default id := "(unnamed)"

id := input.id if written(input.id)

default class := "high"

class := input.risk_class if input.risk_class in classes

agents := [{"id": agent, "type": "ai_agent", "name": agent} |
	input.kind == "agent-actions"
	not input.apiVersion
]

default agent := "(unnamed)"

agent := input.agent if written(input.agent)

# Items of a list in the registration: [path, item].
items(path) := [[array.concat(path, [i]), item] |
	some i, item in resources.list(object.get(input, path, null))
	is_object(item)
]

subject(s) := object.filter(s, {"id", "type", "name"})

# The path of a violation is the nearest place that is there.
violation(s, message, path, fix) := {"subject": s.id, "message": message, "path": resources.nearest(input, path), "fix": fix}

# What a registration says at a path, or null.
value(path) := object.get(input, path, null)

# Whether a text says something.
default written(_) := false

written(text) if {
	is_string(text)
	trim_space(text) != ""
	not lower(trim_space(text)) in {"todo", "tbd", "none", "n/a", "-"}
}

# Midnight UTC of a day, in nanoseconds; undefined for what is no day. A date with a time counts by its day.
day(text) := time.parse_ns("2006-01-02", substring(text, 0, 10)) if regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}($|T)`, text)

# Days that have passed since, in whole days; negative for a day to come.
age(text) := round(((today - day(text)) / 86400) / 1000000000)

today := time.parse_ns("2006-01-02", sprintf("%04d-%02d-%02d", time.date(time.now_ns())))

# What is wrong with the day of a review that is due every so many days.
review_problem(text, every_days) := "states no day of a review" if {
	not day(text)
} else := sprintf("says that it was reviewed on %s, which is still to come", [text]) if {
	age(text) < 0
} else := sprintf("was last reviewed on %s, %d days ago", [text, age(text)]) if {
	age(text) > every_days
}
