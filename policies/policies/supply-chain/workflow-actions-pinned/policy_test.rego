package exhibit.policies.workflow_actions_pinned_test

import data.exhibit.policies.workflow_actions_pinned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

job(fields) := {"name": "ci", "on": "push", "jobs": {"build": fields}}

uses(name) := job({"steps": [{"run": "x"}, {"uses": name}]})

test_pinned if {
	every name in [
		"actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", "./.github/actions/setup",
		"docker://alpine@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a",
	] {
		messages(uses(name)) == set()
	}
	messages(job({"steps": null})) == set()
}

test_not_pinned if {
	every name in ["actions/checkout@v5", "actions/checkout", "a/b@11bd719", "a/b@main", "docker://alpine:3", "a/b@11BD71901BBE5B1630CEEA73D27597364C9AF683"] {
		messages(uses(name)) == {sprintf("ci/build uses %s, which can be other code tomorrow.", [name])}
	}
}

test_reusable_workflow if {
	messages(job({"uses": "example/build/.github/workflows/release.yaml@v1"})) == {"ci/build uses example/build/.github/workflows/release.yaml@v1, which can be other code tomorrow."}
}

test_composite_action if {
	[v.path | some v in policy.violations] == [["runs", "steps", 0, "uses"]] with input as {"name": "setup", "runs": {"using": "composite", "steps": [{"uses": "a/b@v1"}]}}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
