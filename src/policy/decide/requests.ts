/**
 * Part of `data.exhibit.verdicts`: who wants to do what with which resource, as `src/inputs/cedar-reference.ts` reads and writes
 * entities of Cedar. What prints is what Unicode calls a letter, mark, number, punctuation, symbol or separator: the rest is escaped.
 */
export const REQUESTS_REGO = String.raw`
# A request to Cedar as a subject.

request_id := concat(" ", [written(entity(input.document[field])) | some field in ["principal", "action", "resource"]])

entity(value) := value if is_entity(value)

entity(value) := value.__entity if {
	object.keys(value) == {"__entity"}
	is_entity(value.__entity)
}

entity(value) := {"type": type, "id": unescaped(quoted)} if {
	is_string(value)
	some [_, type, quoted] in regex.find_all_string_submatch_n(
		"^([A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*)::\"((?:[^\"\\\\]|\\\\[\\s\\S])*)\"$",
		value,
		1,
	)
}

is_entity(value) if {
	is_object(value)
	object.keys(value) == {"type", "id"}
	is_string(value.type)
	is_string(value.id)
	regex.match("^[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*$", value.type)
}

# Undefined where Cedar does not know an escape.
unescaped(quoted) := concat("", [unescaped_one(token) | some token in tokens]) if {
	tokens := regex.find_all_string_submatch_n(
		"\\\\(?:u\\{([0-9A-Fa-f]{1,6})\\}|x([0-7][0-9A-Fa-f])|([\\s\\S]))|[^\\\\]",
		quoted,
		-1,
	)
	every token in tokens { is_string(unescaped_one(token)) }
}

unescaped_one(token) := token[0] if not startswith(token[0], "\\")

unescaped_one(token) := sprintf("%c", [code]) if {
	token[1] != ""
	code := hexadecimal(token[1])
	code <= 1114111
	not code in numbers.range(55296, 57343)
}

unescaped_one(token) := sprintf("%c", [hexadecimal(token[2])]) if token[2] != ""

unescaped_one(token) := escapes[token[3]]

escapes := {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "0": "\u0000", "'": "'", "\"": "\""}

hexadecimal(text) := sum([part |
	some i, sign in split(lower(text), "")
	part := indexof("0123456789abcdef", sign) * bits.lsh(1, 4 * ((count(text) - 1) - i))
])

written(reference) := sprintf("%s::\"%s\"", [reference.type, concat("", [shown(sign) | some sign in split(reference.id, "")])])

shown(sign) := concat("", ["\\", sign]) if sign in {"\"", "\\"}

shown(sign) := sprintf("\\u{%x}", [code_point(sign)]) if not prints(sign)

shown(sign) := sign if {
	prints(sign)
	not sign in {"\"", "\\"}
}

prints(sign) if regex.match("^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Z}]$", sign)

# From the bytes of its UTF-8: the first one without its length, then six bits of each.
code_point(sign) := sum([part |
	some i, octet in octets
	part := (octet % kept(i, count(octets))) * bits.lsh(1, 6 * ((count(octets) - 1) - i))
]) if {
	text := hex.encode(sign)
	octets := [hexadecimal(substring(text, 2 * i, 2)) | some i in numbers.range(0, (count(text) / 2) - 1)]
}

kept(0, length) := lead[length]

kept(i, _) := 64 if i > 0

# What remains of a first byte, by the number of bytes.
lead := {1: 128, 2: 32, 3: 16, 4: 8}
`;
