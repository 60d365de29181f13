package lib.branches_test

import data.lib.branches

types := [[rule.type | some rule in b.rules] | some b in branches.branches]

protection(fields) := object.union({"url": "https://api.github.com/repos/example/shop/branches/release/1.x/protection"}, fields)

test_protection if {
	[branches.subject(b) | some b in branches.branches] == [{"id": "example/shop:release/1.x", "type": "branch", "name": "release/1.x"}] with input as protection({})
	types == [["non_fast_forward", "deletion"]] with input as protection({})
	types == [["pull_request", "required_status_checks", "deletion", "required_signatures"]] with input as protection({
		"required_pull_request_reviews": {},
		"required_status_checks": {"contexts": ["test"]},
		"required_signatures": {"enabled": true},
		"allow_force_pushes": {"enabled": true},
	})
}

test_ruleset if {
	ruleset := {"name": "main", "source": "example/shop", "target": "branch", "enforcement": "active", "rules": [{"type": "deletion"}, "odd"]}
	[b.id | some b in branches.branches] == ["example/shop:ruleset/main"] with input as ruleset
	types == [["deletion"]] with input as ruleset
	[branches.state(b, "deletion") | some b in branches.branches] == ["there"] with input as ruleset
	[branches.state(b, "pull_request") | some b in branches.branches] == ["elsewhere"] with input as ruleset
	branches.branches == [] with input as object.union(ruleset, {"target": "tag"})
	branches.branches == [] with input as object.union(ruleset, {"enforcement": "evaluate"})
}

test_rules_of_a_branch if {
	rules := [
		{"type": "deletion", "ruleset_source_type": "Organization", "ruleset_source": "example", "ruleset_id": 1},
		{"type": "pull_request", "ruleset_source_type": "Repository", "ruleset_source": "example/shop", "ruleset_id": 2, "parameters": null},
	]
	[b.id | some b in branches.branches] == ["example/shop:rules"] with input as rules
	types == [["deletion", "pull_request"]] with input as rules
	[branches.state(b, "required_signatures") | some b in branches.branches] == ["missing"] with input as rules
	[b.id | some b in branches.branches] == ["example:rules"] with input as [rules[0]]
}

test_nothing_in_other_documents if {
	every document in [{}, [], [{"type": "a"}], {"url": "https://api.github.com/repos/a/b"}, {"rules": [], "enforcement": 1}, "text", null] {
		branches.branches == [] with input as document
	}
}
