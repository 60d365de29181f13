package exhibit.policies.ai_model_registered_test

import data.exhibit.policies.ai_model_registered as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

system(model) := {"kind": "ai-system", "id": "a", "model": model}

digest := "sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a"

test_registered if messages(system({"registry": "r", "version": "1", "digest": digest})) == set()

test_digest if {
	every bad in [null, "", "sha256:abc", "md5:ab", 7] {
		messages(system({"registry": "r", "version": "1", "digest": bad})) == {"The model of AI system a is not fixed by a SHA-256 or SHA-512."}
	}
}

test_version if {
	messages(system({"registry": "r", "version": "Latest", "digest": digest})) == {"AI system a names its model by Latest, which can be another one tomorrow."}
	messages(system({"registry": "r", "version": null, "digest": digest})) == {"AI system a does not say the version of its model."}
}

test_nothing if {
	every model in [null, {}, "m"] { count(messages(system(model))) == 3 }
}

test_light_systems_are_left_out if policy.population == set() with input as {"kind": "ai-system", "risk_class": "limited"}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
