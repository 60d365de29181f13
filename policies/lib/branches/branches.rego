# METADATA
# title: Rules of protected branches
# description: |
#   Turns what GitHub's REST API says of a branch into one list of rules, by the names that rulesets use. Three answers are read:
#   the protection of a branch (GET .../branches/BRANCH/protection), a ruleset (GET .../rulesets/ID, or its export) and the
#   rules that hold for a branch (GET .../rules/branches/BRANCH). Of a ruleset alone, what is missing may stand in another one.
package lib.branches

import data.lib.resources

# Every branch or ruleset of the input that is in force: id, type, name, form, rules, complete (nothing stands elsewhere).
branches := array.concat(array.concat(protection, ruleset), effective)

# The input as a ruleset, also one that is switched off.
ruleset_document := input if {
	is_string(input.enforcement)
	is_array(input.rules)
	object.get(input, "target", "branch") == "branch"
}

subject(b) := object.filter(b, {"id", "type", "name"})

# Rules of one type: [path, parameters].
rules(b, type) := [[rule.path, rule.parameters] | some rule in b.rules; rule.type == type]

# Whether a rule is there, is missing, or may stand in another ruleset.
state(b, type) := "there" if {
	count(rules(b, type)) > 0
} else := "missing" if {
	b.complete
} else := "elsewhere"

violation(b, message, path, fix) := {"subject": b.id, "message": message, "path": path, "fix": fix}

undecided(b, what) := {
	"subject": b.id,
	"message": sprintf("%s does not %s; whether another ruleset does is not shown here.", [b.id, what]),
	"path": ["rules"],
}

protection := [branch |
	is_string(input.url)
	found := regex.find_all_string_submatch_n(`/repos/([^/]+/[^/]+)/branches/(.+)/protection$`, input.url, 1)
	some names in found
	branch := {
		"id": sprintf("%s:%s", [names[1], names[2]]),
		"type": "branch",
		"name": names[2],
		"form": "protection",
		"complete": true,
		"rules": classic,
	}
]

classic := [rule | some candidates in [classic_reviews, classic_checks, classic_switches]; some rule in candidates]

classic_reviews := [{"type": "pull_request", "path": ["required_pull_request_reviews"], "parameters": {
	"required_approving_review_count": object.get(reviews, "required_approving_review_count", 0),
	"dismiss_stale_reviews_on_push": object.get(reviews, "dismiss_stale_reviews", false),
}} |
	reviews := input.required_pull_request_reviews
	is_object(reviews)
]

classic_checks := [{"type": "required_status_checks", "path": ["required_status_checks"], "parameters": {"required_status_checks": listed}} |
	checks := input.required_status_checks
	is_object(checks)
	listed := array.concat(resources.list(object.get(checks, "checks", null)), resources.list(object.get(checks, "contexts", null)))
]

# Force pushes and deletions are refused unless they are allowed; signatures are demanded only where it is said.
classic_switches := [{"type": type, "path": [key], "parameters": {}} |
	some [type, key, wanted] in [
		["non_fast_forward", "allow_force_pushes", false],
		["deletion", "allow_deletions", false],
		["required_signatures", "required_signatures", true],
	]
	object.get(input, [key, "enabled"], false) == wanted
]

ruleset := [branch |
	document := ruleset_document
	document.enforcement == "active"
	branch := {
		"id": ruleset_id(document),
		"type": "ruleset",
		"name": object.get(document, "name", "(unnamed)"),
		"form": "ruleset",
		"complete": false,
		"rules": listed(document.rules, ["rules"]),
	}
]

ruleset_id(document) := sprintf("%v:ruleset/%v", [object.get(document, "source", "(unknown)"), object.get(document, "name", "(unnamed)")])

effective := [branch |
	is_array(input)
	is_string(input[0].type)
	sources := sort({source | some rule in input; source := rule.ruleset_source; is_string(source)})
	count(sources) > 0
	branch := {
		"id": sprintf("%s:rules", [repository(sources)]),
		"type": "branch",
		"name": repository(sources),
		"form": "rules",
		"complete": true,
		"rules": listed(input, []),
	}
]

# A rule of an organisation names only that.
repository(sources) := [source | some source in sources; contains(source, "/")][0]

repository(sources) := sources[0] if {
	count([1 | some source in sources; contains(source, "/")]) == 0
}

listed(rules_, path) := [{"type": rule.type, "path": array.concat(path, [i]), "parameters": parameters(rule)} |
	some i, rule in rules_
	is_string(rule.type)
]

default parameters(_) := {}

parameters(rule) := rule.parameters if is_object(rule.parameters)
