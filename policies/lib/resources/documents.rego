# METADATA
# title: Policy documents
# description: Reads IAM policy documents, which plans carry as JSON in a string and templates as they are. A text that is not JSON has no statements.
package lib.resources.documents

import data.lib.resources

# The value that a JSON text stands for; undefined where it is none. A template writes the document itself.
parsed(text) := json.unmarshal(text) if {
	is_string(text)
	json.is_valid(text)
}

parsed(document) := document if is_object(document)

# Whether a text is a policy document at all.
default readable(_) := false

readable(text) if {
	document := parsed(text)
	is_object(document)
	not object.get(document, "Statement", null) in {null, ""}
}

# Statements of a policy document. IAM takes one statement or a list.
statements(text) := [statement |
	some statement in resources.list(parsed(text).Statement)
	is_object(statement)
]

# A value of a statement that IAM takes as one text or a list.
texts(statement, key) := [text | some text in resources.list(object.get(statement, key, null)); is_string(text)]

# Whether a statement lets everyone in. Principal is "*", or a map of kinds of principal to one name or a list. NotPrincipal lets in
# whomever it does not name.
for_everyone(statement) if {
	statement.Effect == "Allow"
	everyone(object.get(statement, "Principal", null))
}

for_everyone(statement) if {
	statement.Effect == "Allow"
	not object.get(statement, "NotPrincipal", null) in {null, {}, ""}
}

everyone("*")

everyone(principal) if {
	is_object(principal)
	"*" in resources.list(object.get(principal, "AWS", null))
}
