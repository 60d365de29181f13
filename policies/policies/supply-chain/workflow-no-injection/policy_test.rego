package exhibit.policies.workflow_no_injection_test

import data.exhibit.policies.workflow_no_injection as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

workflow(step) := {"name": "ci", "on": "issues", "jobs": {"build": {"steps": [step]}}}

test_harmless if {
	every script in ["echo hello", "echo ${{ github.sha }}", "echo ${{ github.event.issue.number }}", "echo \"$TITLE\"", "echo ${{ secrets.TOKEN }}"] { messages(workflow({"run": script})) == set() }
	messages(workflow({"run": "echo \"$TITLE\"", "env": {"TITLE": "${{ github.event.issue.title }}"}})) == set()
	messages(workflow({"uses": "a/b@v1", "with": {"title": "${{ github.event.issue.title }}"}})) == set()
}

test_run if {
	messages(workflow({"run": "echo ${{ github.event.issue.title }}"})) == {"ci/build runs github.event.issue.title as part of a script, which a stranger can write."}
	every part in ["github.head_ref", "github.event.comment.body", "github.event.pull_request.head.ref", "github.event.commits[0].message", "github.event.head_commit.author.name"] {
		count(messages(workflow({"run": sprintf("x=${{ format('{0}', %s) }}", [part])}))) == 1
	}
}

test_script_of_an_action if {
	[v.path | some v in policy.violations] == [["jobs", "build", "steps", 0, "with", "script"]] with input as workflow({"uses": "actions/github-script@v7", "with": {"script": "console.log('${{ github.event.issue.body }}')"}})
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

given := {"title": "${{ github.event.issue.title }}"}

used(script) := {"uses": "./.github/actions/say", "with": given, "runs": {"using": "composite", "steps": [{"run": script}]}}

test_action_of_the_same_repository if {
	messages(workflow(used("echo ${{ inputs.title }}"))) == {"ci/build runs github.event.issue.title as part of a script of ./.github/actions/say, which a stranger can write."}
	messages(workflow(used("echo ${{ inputs.titles }} \"$TITLE\""))) == set()
	called := {"uses": "./.github/workflows/x.yml", "with": given, "jobs": {"a": {"steps": [{"run": "echo ${{ inputs.title }}"}]}}}
	count(messages({"name": "ci", "on": "issues", "jobs": {"build": called}})) == 1
}

test_what_is_not_found_is_unknown if {
	ids := {u.subject | some u in policy.unknowns} with input as workflow({"uses": "./gone", "with": given})
	ids == {"ci/build"}
	policy.unknowns == set() with input as workflow({"uses": "./gone", "with": {"title": "${{ github.sha }}"}})
}
