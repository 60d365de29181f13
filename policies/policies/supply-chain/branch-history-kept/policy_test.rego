package exhibit.policies.branch_history_kept_test

import data.exhibit.policies.branch_history_kept as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

protection(fields) := object.union({"url": "https://api.github.com/repos/example/shop/branches/main/protection"}, fields)

effective(types) := [{"type": type, "ruleset_source": "example/shop"} | some type in types]

test_kept if {
	messages(protection({})) == set()
	messages(protection({"allow_force_pushes": {"enabled": false}, "allow_deletions": {"enabled": false}})) == set()
	messages(effective(["deletion", "non_fast_forward"])) == set()
}

test_not_kept if {
	messages(protection({"allow_force_pushes": {"enabled": true}})) == {"example/shop:main does not refuse force pushes."}
	messages(effective(["non_fast_forward"])) == {"example/shop:rules does not refuse its deletion."}
	messages(protection({"allow_deletions": {"enabled": true}})) == {"example/shop:main does not refuse its deletion."}
}

test_another_ruleset_may_say_it if {
	ruleset := {"name": "main", "source": "example/shop", "enforcement": "active", "rules": [{"type": "deletion"}]}
	count(policy.unknowns) == 1 with input as ruleset
	messages(ruleset) == set()
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
