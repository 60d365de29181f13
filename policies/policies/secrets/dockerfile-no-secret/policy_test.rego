package exhibit.policies.dockerfile_no_secret_test

import data.exhibit.policies.dockerfile_no_secret as policy

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

with_flags(name, flags, value, stage) := object.union(command(name, value, stage), {"Flags": flags})

failing(document) := found if {
	found := {v.subject | some v in policy.violations} with input as document
}

open(document) := found if {
	found := {v.subject | some v in policy.unknowns} with input as document
}

test_secrets if {
	every value in [["DB_PASSWORD", "hunter2hunter2", "="], ["X", "glpat-abcdefghijklmnopqrstu", "="], ["A", "b", "=", "API_TOKEN", "\"x1y2z3\"", "="]] {
		failing([[command("from", ["a"], 0), command("env", value, 0)]]) == {"dockerfile/stage-0"}
	}
	every value in [["NPM_TOKEN"], ["A", "DB_PASSWORD=x"], ["X=glpat-abcdefghijklmnopqrstu"]] {
		failing([[command("from", ["a"], 0), command("arg", value, 0)]]) == {"dockerfile/stage-0"}
	}
}

test_no_secrets if {
	every value in [["PATH", "/bin", "="], ["DB_PASSWORD_FILE", "/run/x", "="], ["DB_PASSWORD", "${DB_PASSWORD}", "="], ["TOKEN", "", "="]] {
		failing([[command("from", ["a"], 0), command("env", value, 0)]]) == set()
	}
	every value in [["VERSION=1"], ["TOKEN_FILE"], null] {
		failing([[command("from", ["a"], 0), command("arg", value, 0)]]) == set()
	}
}

test_the_value_is_not_repeated if {
	some v in policy.violations with input as [[command("from", ["a"], 0), command("env", ["DB_PASSWORD", "hunter2hunter2", "="], 0)]]
	not contains(v.message, "hunter2")
}

test_other_documents_are_left_out if {
	every document in [{}, [], [[]], "text", {"kind": "Pod", "apiVersion": "v1"}, [[1]]] {
		policy.population | policy.violations == set() with input as document
	}
}
