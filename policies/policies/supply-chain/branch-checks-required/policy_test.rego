package exhibit.policies.branch_checks_required_test

import data.exhibit.policies.branch_checks_required as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

protection(checks) := {"url": "https://api.github.com/repos/example/shop/branches/main/protection", "required_status_checks": checks}

effective(rule) := [object.union({"ruleset_source": "example/shop"}, rule)]

test_demanded if {
	messages(protection({"contexts": ["test"]})) == set()
	messages(protection({"checks": [{"context": "test"}]})) == set()
	messages(effective({"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "test"}]}})) == set()
}

test_none_named if {
	messages(protection({"contexts": [], "checks": []})) == {"example/shop:main demands checks, but names none."}
	messages(effective({"type": "required_status_checks"})) == {"example/shop:rules demands checks, but names none."}
}

test_not_demanded if {
	messages(protection(null)) == {"example/shop:main takes changes whose checks failed."}
	count(messages(effective({"type": "deletion"}))) == 1
}

test_another_ruleset_may_say_it if {
	count(policy.unknowns) == 1 with input as {"name": "main", "source": "example/shop", "enforcement": "active", "rules": []}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
