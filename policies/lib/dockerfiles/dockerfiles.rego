# METADATA
# title: Dockerfiles
# description: |
#   Reads a Dockerfile as Exhibit and Conftest give it: a list with one list of instructions. Variables stay as they are written:
#   what stands in them is known only when the image is built. A stage has: id, type, name, index, from (its image), path.
package lib.dockerfiles

default instructions := []

instructions := [object.union(instruction, {"path": [0, i], "values": texts(instruction)}) |
	some i, instruction in input[0]
	is_string(instruction.Cmd)
	instruction.Cmd != "comment"
] if {
	is_array(input)
	count(input) == 1
	is_array(input[0])
	some one in input[0]
	one.Cmd == "from"
	is_number(one.Stage)
}

default texts(_) := []

texts(instruction) := instruction.Value if is_array(instruction.Value)

stages := [stage |
	some instruction in instructions
	instruction.Cmd == "from"
	name := named(instruction)
	stage := {
		"id": sprintf("dockerfile/%s", [name]),
		"type": "image_stage",
		"name": name,
		"index": instruction.Stage,
		"from": concat("", array.slice(instruction.values, 0, 1)),
		"path": instruction.path,
	}
]

# A stage without a name, or with one that another has already, goes by its number.
named(instruction) := name if {
	name := alias(instruction)
	count([other | some other in instructions; other.Cmd == "from"; alias(other) == name]) == 1
} else := sprintf("stage-%d", [instruction.Stage])

alias(instruction) := lower(instruction.values[2]) if lower(instruction.values[1]) == "as"

aliases := {alias(one): one.Stage | some one in instructions; one.Cmd == "from"; alias(one)}

subject(stage) := object.filter(stage, {"id", "type", "name"})

of(instruction) := stage if {
	some stage in stages
	stage.index == instruction.Stage
}

# Instructions of one kind, behind ONBUILD too.
of_kind(kind) := [instruction | some instruction in instructions; command(instruction) == kind; of(instruction)]

command(instruction) := instruction.Cmd if instruction.Cmd != "onbuild"

command(instruction) := lower(instruction.SubCmd) if instruction.Cmd == "onbuild"

# Names, values and places of what ENV sets: three values each.
pairs(instruction) := [{"name": instruction.values[i], "value": instruction.values[i + 1], "at": i} |
	some i, _ in instruction.values
	i % 3 == 0
]

flag(instruction, name) := substring(text, count(name) + 3, -1) if {
	is_array(instruction.Flags)
	some text in instruction.Flags
	startswith(text, sprintf("--%s=", [name]))
}

# Texts of here-documents, with where they stand.
documents(instruction) := [[["Heredocs", i], document.Content] |
	some i, document in object.get(instruction, "Heredocs", [])
	is_string(document.Content)
]

violation(stage, instruction, message, at, fix) := {
	"subject": stage.id,
	"message": message,
	"path": array.concat(instruction.path, at),
	"fix": fix,
}

undecided(stage, instruction, message, at) := {"subject": stage.id, "message": message, "path": array.concat(instruction.path, at)}

# A text in which something is put when the image is built.
default composed(_) := false

composed(text) if contains(text, "$")
