package exhibit.policies.pipeline_no_plain_secret_test

import data.exhibit.policies.pipeline_no_plain_secret as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

workflow(env) := {"name": "ci", "on": "push", "jobs": {"build": {"env": env}}}

gitlab(variables) := {"variables": variables, "build": {"script": "make"}}

test_no_secret if {
	every variables in [null, {}, {"LOG_LEVEL": "info", "N": 7, "TOKEN": "${{ secrets.TOKEN }}", "DB_PASSWORD": ""}] { messages(workflow(variables)) == set() }
	messages(gitlab({"TOKEN": "$CI_JOB_TOKEN", "PASSWORD": "${DB_PASSWORD}", "MODE": {"value": "fast", "description": "x"}})) == set()
}

test_secret if {
	messages(workflow({"DB_PASSWORD": "hunter2"})) == {"ci has a secret in variable DB_PASSWORD: the name says that it is one."}
	messages(gitlab({"DEPLOY_TOKEN": "hunter2"})) == {"gitlab-ci has a secret in variable DEPLOY_TOKEN: the name says that it is one."}
	count(messages(gitlab({"API_KEY": {"value": "hunter2"}}))) == 1
}

test_of_a_job if {
	[v.path | some v in policy.violations] == [["deploy", "variables", "TOKEN"]] with input as {"deploy": {"script": "x", "variables": {"TOKEN": "hunter2"}}}
	[v.path | some v in policy.violations] == [["jobs", "a", "steps", 0, "env", "TOKEN"]] with input as {"on": "push", "jobs": {"a": {"steps": [{"env": {"TOKEN": "hunter2"}}]}}}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
