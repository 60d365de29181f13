package exhibit.policies.branch_rules_bind_everyone_test

import data.exhibit.policies.branch_rules_bind_everyone as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

protection(fields) := object.union({"url": "https://api.github.com/repos/example/shop/branches/main/protection"}, fields)

ruleset(fields) := object.union({"name": "main", "source": "example/shop", "enforcement": "active", "rules": [], "bypass_actors": []}, fields)

test_binding if {
	messages(protection({"enforce_admins": {"enabled": true}})) == set()
	messages(ruleset({})) == set()
	messages(ruleset({"bypass_actors": [{"actor_type": "Team", "actor_id": 1, "bypass_mode": "pull_request"}]})) == set()
}

test_administrators if {
	every fields in [{}, {"enforce_admins": null}, {"enforce_admins": {"enabled": false}}] {
		messages(protection(fields)) == {"example/shop:main does not bind administrators."}
	}
}

test_not_in_force if messages(ruleset({"enforcement": "evaluate"})) == {"example/shop:ruleset/main is not in force: it is evaluate."}

test_passed_at_will if {
	messages(ruleset({"bypass_actors": [{"actor_type": "RepositoryRole", "actor_id": 5, "bypass_mode": "always"}]})) == {"example/shop:ruleset/main can be passed at will by RepositoryRole 5."}
}

test_not_shown if {
	count(policy.unknowns) == 1 with input as object.remove(ruleset({}), ["bypass_actors"])
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
