package lib.dockerfiles_test

import data.lib.dockerfiles

command(name, value, stage) := {"Cmd": name, "SubCmd": "", "JSON": false, "Flags": [], "Value": value, "Stage": stage}

file := [[
	command("arg", ["BASE"], 0), command("from", ["node:24", "AS", "Build"], 0), command("env", ["A", "b", "=", "C", "d", "="], 0),
	command("comment", ["x"], 1), command("from", ["build"], 1),
	{"Cmd": "onbuild", "SubCmd": "RUN", "JSON": false, "Flags": [], "Value": ["x"], "Stage": 1},
]]

test_stages if {
	[s.id | some s in dockerfiles.stages] == ["dockerfile/build", "dockerfile/stage-1"] with input as file
	dockerfiles.aliases == {"build": 0} with input as file
}

test_instructions if {
	count(dockerfiles.instructions) == 5 with input as file
	[p.name | some p in dockerfiles.pairs(dockerfiles.of_kind("env")[0])] == ["A", "C"] with input as file
	count(dockerfiles.of_kind("run")) == 1 with input as file
}

test_other_documents if {
	every document in [{}, [], [[]], [1], [[1]], "text", null, [[{"Cmd": "from"}]], [{"Cmd": "from", "Stage": 0}]] {
		dockerfiles.instructions == [] with input as document
	}
}
