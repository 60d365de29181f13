package exhibit.policies.disruption_budget_sound_test

import data.exhibit.policies.disruption_budget_sound as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

budget(spec) := {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "a"}, "spec": spec}

test_sound if {
	every spec in [{"maxUnavailable": 1}, {"maxUnavailable": "25%"}, {"minAvailable": 2}, {"minAvailable": "50%"}] { messages(budget(spec)) == set() }
}

test_all_or_none if {
	messages(budget({"maxUnavailable": 0})) == {"PodDisruptionBudget/a lets no pod go, so that no node can be emptied: maxUnavailable is 0."}
	messages(budget({"maxUnavailable": "100%"})) == {"PodDisruptionBudget/a lets every pod go: maxUnavailable is 100%."}
	messages(budget({"minAvailable": 0})) == {"PodDisruptionBudget/a lets every pod go: minAvailable is 0."}
	messages(budget({"minAvailable": "100%"})) == {"PodDisruptionBudget/a lets no pod go, so that no node can be emptied: minAvailable is 100%."}
}

test_nothing_stated if {
	every spec in [null, {}] { messages(budget(spec)) == {"PodDisruptionBudget/a states no number."} }
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
