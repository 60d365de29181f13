package exhibit.policies.dependencies_locked_test

import data.exhibit.policies.dependencies_locked as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

npm(packages) := {"name": "shop", "lockfileVersion": 3, "packages": packages}

pnpm(packages) := {"lockfileVersion": "9.0", "importers": {".": {}}, "packages": packages}

pipfile(packages) := {"_meta": {"hash": {"sha256": "ab"}}, "default": packages}

test_locked if {
	messages(npm({
		"": {"name": "shop"}, "node_modules/a": {"resolved": "https://r/a.tgz", "integrity": "sha512-x"},
		"node_modules/b": {"link": true, "resolved": "packages/b"}, "packages/b": {"version": "1"},
		"node_modules/c": {"inBundle": true}, "node_modules/d": {"resolved": "git+ssh://git@h/d.git#4b825dc642cb6eb9a060e54bf8d69288fbee4904"},
	})) == set()
	messages(pnpm({"a@1": {"resolution": {"integrity": "sha512-x"}}, "b@1": {"resolution": {"type": "directory", "directory": "b"}}})) == set()
	messages(pipfile({"a": {"hashes": ["sha256:ab"]}, "b": {"path": "."}, "c": {"git": "https://h/c", "ref": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}})) == set()
	messages({"name": "shop", "lockfileVersion": 1, "dependencies": {"a": {"resolved": "https://r/a.tgz", "integrity": "sha512-x"}}}) == set()
	messages(pnpm(null)) == set()
}

test_without_a_hash if {
	every one in [{}, {"integrity": "sha1-x"}, {"integrity": null}] {
		messages(npm({"node_modules/a": one})) == {"shop package-lock has 1 of 1 packages without a hash of their content. The first is node_modules/a."}
	}
	messages(pnpm({"a@1": {"resolution": {"tarball": "https://h/a.tgz"}}})) == {"pnpm-lock has 1 of 1 packages without a hash of their content. The first is a@1."}
	messages(pipfile({"a": {"version": "==1", "hashes": []}})) == {"Pipfile.lock has 1 of 1 packages without a hash of their content. The first is a."}
}

test_plain_http if {
	messages(npm({"node_modules/a": {"resolved": "http://r/a.tgz", "integrity": "sha512-x"}})) == {"shop package-lock has 1 of 1 packages that come over plain HTTP. The first is node_modules/a."}
	count(messages(pnpm({"a@1": {"resolution": {"tarball": "http://h/a.tgz", "integrity": "sha512-x"}}}))) == 1
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
