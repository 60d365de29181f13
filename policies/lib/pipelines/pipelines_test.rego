package lib.pipelines_test

import data.lib.pipelines

ids := {"units": [u.id | some u in pipelines.units], "gitlab": [j.id | some j in pipelines.gitlab_jobs]}

none := {"units": [], "gitlab": []}

test_workflow if {
	every key in ["on", "true"] {
		ids == {"units": ["test/build"], "gitlab": []} with input as {"name": "test", key: "push", "jobs": {"build": {"runs-on": "x"}, "odd": 7}}
	}
	ids.units == ["workflow/build"] with input as {"on": ["push"], "jobs": {"build": {}}}
}

test_action if {
	ids == {"units": ["setup"], "gitlab": []} with input as {"name": "setup", "runs": {"using": "composite", "steps": []}}
	ids == none with input as {"name": "setup", "runs": {"using": "node24", "main": "index.js"}}
}

test_gitlab if {
	ids == {"units": [], "gitlab": ["gitlab-ci/build"]} with input as {"stages": ["a"], "variables": {"A": "b"}, "build": {"script": ["make", ["x", "y"]]}}
	ids.gitlab == ["gitlab-ci/test"] with input as {"image": "x", "test": {"script": "make"}}
	count(pipelines.gitlab) == 1 with input as {"test": {"script": "make"}}
}

test_other_documents if {
	every document in [
		{}, [], "text", null, {"jobs": {"a": {}}}, {"on": "push"}, {"scripts": {"test": "x"}}, {"a": {"script": 7}},
		{"apiVersion": "v1", "kind": "A", "a": {"script": "x"}}, {"script": ["make"]}, {"a": {"script": [7]}},
	] {
		ids == none with input as document
		pipelines.gitlab == [] with input as document
		pipelines.workflows == [] with input as document
	}
}

test_events if {
	pipelines.events == {"push"} with input as {"on": "push"}
	pipelines.events == {"push", "pull_request"} with input as {"on": ["push", "pull_request"]}
	pipelines.events == {"push", "schedule"} with input as {"true": {"push": null, "schedule": []}}
}

test_steps if {
	document := {"on": "push", "jobs": {"a": {"steps": [{"run": "x"}, "odd"]}, "b": {"steps": null}}}
	[pipelines.steps(u) | some u in pipelines.units] == [[[["jobs", "a", "steps", 0], {"run": "x"}]], []] with input as document
}

test_pipeline_that_only_extends_or_starts_another if {
	ids.gitlab == ["gitlab-ci/build"] with input as {"include": "x.yml", "build": {"extends": ".gone"}}
	ids.gitlab == ["gitlab-ci/build"] with input as {"build": {"extends": [".a", ".b"]}}
	ids.gitlab == ["gitlab-ci/next"] with input as {"next": {"trigger": "group/project"}}
	ids == none with input as {"web": {"extends": {"file": "common.yml", "service": "web"}}}
}

composite := {"using": "composite", "steps": [{"run": "echo"}, {"uses": "./b", "runs": {"using": "composite", "steps": [{"run": "deep"}]}}]}

test_steps_of_what_is_used if {
	document := {"on": "push", "jobs": {
		"a": {"steps": [{"uses": "./a", "runs": composite, "with": {"steps": "x"}}]},
		"b": {"uses": "./.github/workflows/x.yml", "jobs": {"c": {"steps": [{"run": "called"}]}}},
		"d": {"uses": "./gone.yml", "steps": [{"uses": "./gone"}, {"uses": "actions/checkout@v5"}]},
	}}
	found := {path: step.run | some u in pipelines.units; some [path, step] in pipelines.all_steps(u); step.run} with input as document
	found == {
		["jobs", "a", "steps", 0, "runs", "steps", 0]: "echo",
		["jobs", "a", "steps", 0, "runs", "steps", 1, "runs", "steps", 0]: "deep",
		["jobs", "b", "jobs", "c", "steps", 0]: "called",
	}
	every path, _ in found { is_object(object.get(document, path, null)) }
	unseen := {path | some u in pipelines.units; some [path, _] in pipelines.unseen(u)} with input as document
	unseen == {["jobs", "d", "uses"], ["jobs", "d", "steps", 0, "uses"]}
}
