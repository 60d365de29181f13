package exhibit.policies.workflow_no_untrusted_checkout_test

import data.exhibit.policies.workflow_no_untrusted_checkout as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

workflow(event, step) := {"name": "ci", "on": event, "jobs": {"build": {"steps": [step]}}}

checkout(with_) := {"uses": "actions/checkout@v5", "with": with_}

test_own_code if {
	every event in ["pull_request_target", {"workflow_run": {"workflows": ["ci"]}}] {
		messages(workflow(event, checkout({}))) == set()
		messages(workflow(event, checkout({"ref": "main"}))) == set()
		messages(workflow(event, {"run": "gh pr comment 1"})) == set()
	}
}

test_code_of_a_stranger if {
	messages(workflow(["pull_request_target"], checkout({"ref": "${{ github.event.pull_request.head.sha }}"}))) == {"ci/build checks out the code of a pull request, with the secrets of the repository."}
	count(messages(workflow("pull_request_target", checkout({"repository": "${{ github.event.pull_request.head.repo.full_name }}"})))) == 1
	count(messages(workflow("workflow_run", checkout({"ref": "${{ github.event.workflow_run.head_sha }}"})))) == 1
	messages(workflow("pull_request_target", {"run": "gh pr checkout ${{ github.event.number }}"})) == {"ci/build fetches the code of a pull request, with the secrets of the repository."}
	count(messages(workflow("pull_request_target", {"run": "git fetch origin pull/7/head"}))) == 1
}

test_other_events_are_left_out if {
	policy.population == set() with input as workflow(["pull_request", "push"], checkout({"ref": "${{ github.head_ref }}"}))
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

used(step, with_) := {"uses": "./.github/actions/fetch", "with": with_, "runs": {"using": "composite", "steps": [step]}}

test_action_of_the_same_repository if {
	inner := checkout({"ref": "${{ github.event.pull_request.head.sha }}"})
	[v.path | some v in policy.violations] == [["jobs", "build", "steps", 0, "runs", "steps", 0, "with", "ref"]] with input as workflow("pull_request_target", used(inner, {}))
	messages(workflow("pull_request_target", used(checkout({}), {}))) == set()
	head := {"ref": "${{ github.event.pull_request.head.sha }}"}
	messages(workflow("pull_request_target", used(checkout({"ref": "${{ inputs.ref }}"}), head))) == {"ci/build has ./.github/actions/fetch check out the code of a pull request, with the secrets of the repository."}
	messages(workflow("pull_request_target", used(checkout({"ref": "${{ inputs.reference }}"}), head))) == set()
	messages(workflow("pull_request_target", used(checkout({"ref": "${{ inputs.ref }}"}), {"ref": "main"}))) == set()
}

test_workflow_of_the_same_repository if {
	called := {"uses": "./.github/workflows/x.yml", "jobs": {"a": {"steps": [{"run": "gh pr checkout 1"}]}}}
	document := {"name": "ci", "on": "workflow_run", "jobs": {"build": called}}
	count(messages(document)) == 1
}

test_what_is_not_found_is_unknown if {
	ids := {u.subject | some u in policy.unknowns} with input as workflow("pull_request_target", {"uses": "./gone"})
	ids == {"ci/build"}
	policy.unknowns == set() with input as workflow("pull_request_target", {"uses": "other/action@v1"})
}
