package exhibit.policies.pipeline_images_pinned_test

import data.exhibit.policies.pipeline_images_pinned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

digest := "node@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a"

gitlab(fields) := {"build": object.union({"script": "make"}, fields)}

workflow(fields) := {"name": "ci", "on": "push", "jobs": {"build": fields}}

test_fixed if {
	every image in [digest, {"name": digest}] {
		messages(gitlab({"image": image, "services": [image]})) == set()
		count(policy.population) == 1 with input as gitlab({"image": image})
	}
	messages(workflow({"container": digest, "services": {"db": {"image": digest}}})) == set()
}

test_not_fixed if {
	messages(gitlab({"image": "node:24"})) == {"gitlab-ci/build runs in image node:24, which can be another one tomorrow."}
	messages(object.union(gitlab({}), {"default": {"image": {"name": "node"}}})) == {"gitlab-ci runs in image node, which can be another one tomorrow."}
	messages(object.union(gitlab({}), {"image": "node"})) == {"gitlab-ci runs in image node, which can be another one tomorrow."}
	messages(workflow({"container": {"image": "node:24"}, "services": {"db": {"image": "postgres"}}})) == {
		"ci/build runs in image node:24, which can be another one tomorrow.",
		"ci/build runs in image postgres, which can be another one tomorrow.",
	}
}

test_known_only_when_it_runs if {
	count(policy.unknowns) == 1 with input as gitlab({"image": "$CI_REGISTRY_IMAGE/build:1"})
	messages(gitlab({"image": "$CI_REGISTRY_IMAGE/build:1"})) == set()
}

test_jobs_without_an_image_are_left_out if {
	policy.population == set() with input as gitlab({})
	policy.population == set() with input as workflow({"runs-on": "ubuntu-24.04"})
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}

test_a_template_from_elsewhere_is_unknown if {
	document := {"include": [{"project": "a/b", "file": "x.yml"}], "build": {"extends": ".node", "script": "make"}}
	ids := {u.subject | some u in policy.unknowns} with input as document
	ids == {"gitlab-ci/build"}
	here := {"include": document.include, "build": {"extends": ".node", "image": digest, "script": "make"}, ".node": {"image": digest, "script": "x"}}
	count(policy.unknowns) == 0 with input as here
}

test_what_an_include_from_elsewhere_may_give_is_unknown if {
	every include in [{"remote": "https://example.com/x.yml"}, [{"template": "Go.gitlab-ci.yml"}], {"local": "a.yml", "rules": [{"if": "$CI"}]}, "https://example.com/x.yml"] {
		document := object.union(gitlab({}), {"include": include})
		{u.subject | some u in policy.unknowns} == {"gitlab-ci/build"} with input as document
		count(policy.unknowns) == 0 with input as object.union(gitlab({"image": digest}), {"include": include})
	}

	# A file of this repository was taken in, or is a problem of its own.
	policy.population == set() with input as object.union(gitlab({}), {"include": ["a.yml", {"local": "/b.yml"}]})

	# A template does not run.
	policy.population == set() with input as {"include": {"remote": "https://example.com/x.yml"}, ".build": {"script": "make"}}
}

test_services_of_a_job_that_is_extended_from_elsewhere_are_unknown if {
	document := {"build": {"extends": ".gone", "image": digest}}
	{u.subject | some u in policy.unknowns} == {"gitlab-ci/build"} with input as document
	count(policy.unknowns) == 0 with input as {"build": {"extends": ".gone", "image": digest, "services": []}}
}
