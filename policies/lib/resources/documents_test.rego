package lib.resources.documents_test

import data.lib.resources.documents

test_parsed if {
	documents.parsed("{\"a\": 1}") == {"a": 1}
	not documents.parsed("{a: 1}")
	not documents.parsed(null)
	not documents.parsed([1])
	documents.parsed({"a": 1}) == {"a": 1}
}

test_readable if {
	documents.readable(`{"Statement": {"Effect": "Allow"}}`)
	every text in ["[]", "{}", `{"Statement": null}`, "", "not json", null, 7] { documents.readable(text) == false }
}

test_statements_as_one_or_as_a_list if {
	documents.statements(`{"Statement": {"Sid": "a"}}`) == [{"Sid": "a"}]
	documents.statements(`{"Statement": [{"Sid": "a"}, "odd"]}`) == [{"Sid": "a"}]
	documents.statements("not json") == []
}

test_texts if {
	documents.texts({"Action": "a"}, "Action") == ["a"]
	documents.texts({"Action": ["a", 1]}, "Action") == ["a"]
	documents.texts({}, "Action") == []
}

test_for_everyone if {
	every principal in ["*", {"AWS": "*"}, {"AWS": ["x", "*"]}] {
		documents.for_everyone({"Effect": "Allow", "Principal": principal})
		not documents.for_everyone({"Effect": "Deny", "Principal": principal})
	}
	not documents.for_everyone({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}})
	not documents.for_everyone({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
	not documents.for_everyone({"Effect": "Allow"})
}
