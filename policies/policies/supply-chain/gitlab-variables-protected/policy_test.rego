package exhibit.policies.gitlab_variables_protected_test

import data.exhibit.policies.gitlab_variables_protected as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

variable(fields) := [object.union({"key": "DB_PASSWORD", "value": "hunter2", "variable_type": "env_var", "protected": true, "masked": true}, fields)]

test_protected if messages(variable({})) == set()

test_open if {
	messages(variable({"protected": false})) == {"Variable DB_PASSWORD is given to every branch."}
	messages(variable({"masked": false})) == {"Variable DB_PASSWORD shows in the logs of jobs."}
	messages(variable({"key": "LEVEL", "protected": false})) == {"Variable LEVEL is given to every branch."}
	count(messages(variable({"key": "URL", "value": "postgres://a:b@c/d", "masked": false}))) == 1
}

test_others_are_left_out if {
	every fields in [{"key": "LOG_LEVEL", "value": "info", "masked": false}, {"key": 7}, {"variable_type": "x"}, {"masked": "yes"}] {
		policy.population == set() with input as variable(fields)
	}
}

test_environments if {
	testing.ids(policy.population) == {"DB_PASSWORD (production)"} with input as variable({"environment_scope": "production"})
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
