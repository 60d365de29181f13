package exhibit.policies.dockerfile_user_set_test

import data.exhibit.policies.dockerfile_user_set as policy

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

with_flags(name, flags, value, stage) := object.union(command(name, value, stage), {"Flags": flags})

failing(document) := found if {
	found := {v.subject | some v in policy.violations} with input as document
}

open(document) := found if {
	found := {v.subject | some v in policy.unknowns} with input as document
}

from(image, stage) := command("from", [image], stage)

test_user if {
	every user in ["10001", "app", "app:app", "1000:0"] {
		document := [[from("a", 0), command("user", [user], 0)]]
		failing(document) | open(document) == set()
	}
}

test_root if {
	every user in ["root", "0", "0:0", "root:root", "00", "ROOT", "0:$GROUP"] {
		failing([[from("a", 0), command("user", [user], 0)]]) == {"dockerfile/stage-0"}
	}
	failing([[from("a", 0)]]) == {"dockerfile/stage-0"}
	failing([[from("a", 0), command("user", ["app"], 0), command("user", ["root"], 0)]]) == {"dockerfile/stage-0"}
}

test_last_stage_counts if {
	failing([[from("a", 0), command("user", ["app"], 0), from("b", 1)]]) == {"dockerfile/stage-1"}
	failing([[from("a", 0), from("b", 1), command("user", ["app"], 1)]]) == set()
}

test_a_stage_has_the_user_of_its_base if {
	failing([[command("from", ["a", "as", "base"], 0), command("user", ["app"], 0), from("Base", 1)]]) == set()
}

test_an_argument_is_unknown if {
	document := [[from("a", 0), command("user", ["${UID}"], 0)]]
	failing(document) == set()
	open(document) == {"dockerfile/stage-0"}
}

test_other_documents_are_left_out if {
	every document in [{}, [], [[]], "text", {"kind": "Pod", "apiVersion": "v1"}, [[1]]] {
		policy.population | policy.violations == set() with input as document
	}
}
