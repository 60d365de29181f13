package exhibit.policies.branch_commits_signed_test

import data.exhibit.policies.branch_commits_signed as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

protection(fields) := object.union({"url": "https://api.github.com/repos/example/shop/branches/main/protection"}, fields)

effective(types) := [{"type": type, "ruleset_source": "example/shop"} | some type in types]

test_signed if {
	messages(protection({"required_signatures": {"enabled": true}})) == set()
	messages(effective(["required_signatures"])) == set()
}

test_not_signed if {
	every fields in [{}, {"required_signatures": {"enabled": false}}, {"required_signatures": null}] {
		messages(protection(fields)) == {"example/shop:main takes commits without a signature."}
	}
	messages(effective(["deletion"])) == {"example/shop:rules takes commits without a signature."}
}

test_another_ruleset_may_say_it if {
	count(policy.unknowns) == 1 with input as {"name": "main", "source": "example/shop", "enforcement": "active", "rules": []}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
