package exhibit.policies.dockerfile_add_fixed_test

import data.exhibit.policies.dockerfile_add_fixed as policy

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

with_flags(name, flags, value, stage) := object.union(command(name, value, stage), {"Flags": flags})

failing(document) := found if {
	found := {v.subject | some v in policy.violations} with input as document
}

open(document) := found if {
	found := {v.subject | some v in policy.unknowns} with input as document
}

add(flags, values) := [[command("from", ["a"], 0), with_flags("add", flags, values, 0)]]

test_local if {
	every source in ["a.tar", "./x", "a/$B", "httpd.conf"] {
		failing(add([], [source, "/x"])) | open(add([], [source, "/x"])) == set()
	}
	failing(add([], ["a", "https://x"])) == set()
}

test_remote if {
	every source in ["https://example.com/x.tar", "HTTP://x/y", "git@github.com:a/b.git", "https://github.com/a/b.git#main"] {
		failing(add([], [source, "/x"])) == {"dockerfile/stage-0"}
	}
	failing(add(["--checksum=sha256:abc"], ["https://x/y", "/x"])) == {"dockerfile/stage-0"}
}

test_checked if {
	failing(add(["--checksum=sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a"], ["https://x/y", "/x"])) == set()
	failing(add([], ["https://github.com/a/b.git#11bd71901bbe5b1630ceea73d27597364c9af683", "/x"])) == set()
}

test_composed_is_unknown if {
	every source in ["$URL", "https://x/${VERSION}.tar"] {
		failing(add([], [source, "/x"])) == set()
		open(add([], [source, "/x"])) == {"dockerfile/stage-0"}
	}
}

test_other_documents_are_left_out if {
	every document in [{}, [], [[]], "text", {"kind": "Pod", "apiVersion": "v1"}, [[1]]] {
		policy.population | policy.violations == set() with input as document
	}
}
