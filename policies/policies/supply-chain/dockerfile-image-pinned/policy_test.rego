package exhibit.policies.dockerfile_image_pinned_test

import data.exhibit.policies.dockerfile_image_pinned as policy

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

with_flags(name, flags, value, stage) := object.union(command(name, value, stage), {"Flags": flags})

failing(document) := found if {
	found := {v.subject | some v in policy.violations} with input as document
}

open(document) := found if {
	found := {v.subject | some v in policy.unknowns} with input as document
}

digest := "@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a"

test_pinned if {
	every image in ["scratch", sprintf("node:24%s", [digest]), sprintf("${BASE}%s", [digest])] {
		failing([[command("from", [image], 0)]]) | open([[command("from", [image], 0)]]) == set()
	}
}

test_not_pinned if {
	every image in ["node", "node:24", "node:latest", "node@sha256:abc", ""] {
		failing([[command("from", [image], 0)]]) == {"dockerfile/stage-0"}
	}
}

test_composed_is_unknown if {
	document := [[command("arg", ["BASE=node:24"], 0), command("from", ["${BASE}"], 0)]]
	failing(document) == set()
	open(document) == {"dockerfile/stage-0"}
}

test_stages_of_the_file if {
	base := command("from", [concat("", ["a", digest]), "AS", "Base"], 0)
	failing([[base, command("from", ["base"], 1), with_flags("copy", ["--from=base"], ["a", "b"], 1), with_flags("copy", ["--from=0"], ["a", "b"], 1)]]) == set()
	failing([[base, command("from", ["base"], 1), with_flags("copy", ["--from=nginx:1"], ["a", "b"], 1)]]) == {"dockerfile/stage-1"}
	failing([[base, with_flags("run", ["--mount=type=bind,from=nginx,target=/x"], ["a"], 0)]]) == {"dockerfile/base"}
}

test_other_documents_are_left_out if {
	every document in [{}, [], [[]], "text", {"kind": "Pod", "apiVersion": "v1"}, [[1]]] {
		policy.population | policy.violations == set() with input as document
	}
}
