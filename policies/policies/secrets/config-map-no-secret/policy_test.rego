package exhibit.policies.config_map_no_secret_test

import data.exhibit.policies.config_map_no_secret as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

map(data_) := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data_}

test_no_secret if {
	every data_ in [null, {}, {"LOG_LEVEL": "info", "DB_PASSWORD": "", "TOKEN": "${TOKEN}", "n": 7}, {"app.properties": "db.host=db\ndb.password=${DB_PASSWORD}\npassword_file=/run/x\n"}] {
		messages(map(data_)) == set()
	}
}

test_by_name if messages(map({"DB_PASSWORD": "hunter2"})) == {"ConfigMap/a has a secret in DB_PASSWORD: the name says that it is one."}

test_by_form if {
	messages(map({"x": "-----BEGIN RSA PRIVATE KEY-----\nabc"})) == {"ConfigMap/a has a secret in x: the value has the form of a credential."}
	messages(map({"url": "postgres://shop:hunter2@db/shop"})) == {"ConfigMap/a has a secret in url: the value has the form of a credential."}
}

test_within_a_file if {
	messages(map({"app.properties": "db.host=db\ndb.password = hunter2\n"})) == {"ConfigMap/a has a secret in app.properties, at db.password: the name says that it is one."}
	messages(map({"app.yaml": "db:\n  password: \"hunter2\"\n"})) == {"ConfigMap/a has a secret in app.yaml, at password: the name says that it is one."}
}

test_the_value_is_not_repeated if {
	every message in messages(map({"DB_PASSWORD": "hunter2", "f": "a=b\npassword=hunter2\n"})) { not contains(message, "hunter2") }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
