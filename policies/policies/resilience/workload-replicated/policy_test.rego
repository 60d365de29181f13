package exhibit.policies.workload_replicated_test

import data.exhibit.policies.workload_replicated as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

deployment(labels, spec) := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "labels": labels}, "spec": spec}

production := {"environment": "Production"}

test_replicated if messages(deployment(production, {"replicas": 2})) == set()

test_alone if {
	messages(deployment(production, {"replicas": 1})) == {"Deployment/a runs in fewer than two copies (1): one loss stops the service."}
	count(messages(deployment({"env": "prod"}, {"replicas": 0}))) == 1
}

test_not_written if {
	every spec in [{}, {"replicas": null}, {"replicas": "2"}] {
		testing.subjects(policy.unknowns) == {"Deployment/a"} with input as deployment(production, spec)
		messages(deployment(production, spec)) == set()
	}
}

test_other_environments_are_left_out if {
	every labels in [{}, {"environment": "staging"}] { policy.population == set() with input as deployment(labels, {"replicas": 1}) }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
