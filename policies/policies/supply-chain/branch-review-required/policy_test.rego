package exhibit.policies.branch_review_required_test

import data.exhibit.policies.branch_review_required as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

protection(fields) := object.union({"url": "https://api.github.com/repos/example/shop/branches/main/protection"}, fields)

ruleset(rules) := {"name": "main", "source": "example/shop", "target": "branch", "enforcement": "active", "rules": rules}

effective(rule) := [object.union({"ruleset_source": "example/shop"}, rule)]

pulls(count_, stale) := {"type": "pull_request", "parameters": {"required_approving_review_count": count_, "dismiss_stale_reviews_on_push": stale}}

test_reviewed if {
	messages(protection({"required_pull_request_reviews": {"required_approving_review_count": 2, "dismiss_stale_reviews": true}})) == set()
	messages(ruleset([pulls(1, true)])) == set()
	messages(effective(pulls(1, true))) == set()
}

test_not_approved if {
	messages(ruleset([pulls(0, true)])) == {"example/shop:ruleset/main takes changes that nobody approved."}
	messages(effective(pulls(null, false))) == {"example/shop:rules takes changes that nobody approved.", "example/shop:rules keeps an approval when the change goes on after it."}
}

test_no_pull_request if {
	messages(protection({})) == {"example/shop:main takes changes without a pull request."}
	messages(effective({"type": "deletion"})) == {"example/shop:rules takes changes without a pull request."}
}

test_another_ruleset_may_say_it if {
	[u.subject | some u in policy.unknowns] == ["example/shop:ruleset/main"] with input as ruleset([])
	messages(ruleset([])) == set()
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
