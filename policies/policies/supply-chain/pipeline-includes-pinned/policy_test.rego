package exhibit.policies.pipeline_includes_pinned_test

import data.exhibit.policies.pipeline_includes_pinned as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

pipeline(include) := {"include": include, "build": {"script": "make"}}

sha := "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

test_fixed if {
	every entry in [
		{"local": "/ci/build.yaml"}, {"template": "Jobs/SAST.gitlab-ci.yml"}, {"project": "platform/ci", "ref": sha, "file": "a.yaml"},
		{"component": sprintf("gitlab.example.com/a/b@%s", [sha])},
		{"remote": "https://example.com/a.yaml", "integrity": "sha256-L3/GAoKaw0Arw6hDCKeKQlV1QPEgHYxGBHsH4zG1IY8="},
	] {
		messages(pipeline(entry)) == set()
		messages(pipeline([entry])) == set()
		count(policy.population) == 1 with input as pipeline(entry)
	}
}

test_moving if {
	messages(pipeline([{"project": "platform/ci", "file": "a.yaml"}])) == {"gitlab-ci includes the project platform/ci, which can be other text tomorrow."}
	count(messages(pipeline({"project": "platform/ci", "ref": "main"}))) == 1
	messages(pipeline({"component": "gitlab.example.com/a/b@1.0"})) == {"gitlab-ci includes the component gitlab.example.com/a/b@1.0, which can be other text tomorrow."}
	messages(pipeline("https://example.com/a.yaml")) == {"gitlab-ci includes the address https://example.com/a.yaml, which can be other text tomorrow."}
	messages(pipeline({"remote": "https://example.com/a.yaml"})) == {"gitlab-ci includes the address https://example.com/a.yaml, which can be other text tomorrow."}
}

test_path if {
	[v.path | some v in policy.violations] == [["include", 1]] with input as pipeline(["/a.yaml", {"project": "x"}])
	[v.path | some v in policy.violations] == [["include"]] with input as pipeline({"project": "x"})
}

test_other_includes_are_left_out if {
	every include in [null, [], ["src/**/*"], "config.d/*"] { policy.population == set() with input as {"include": include} }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
