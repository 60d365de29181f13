package exhibit.policies.service_no_external_ip_test

import data.exhibit.policies.service_no_external_ip as policy

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

service(spec) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": spec}

test_none if {
	every spec in [null, {}, {"externalIPs": null}, {"externalIPs": []}] {
		messages(service(spec)) == set()
		count(policy.population) == 1 with input as service(spec)
	}
}

test_claimed if {
	messages(service({"externalIPs": ["192.0.2.1", "192.0.2.2"]})) == {"Service/a claims traffic to 192.0.2.1.", "Service/a claims traffic to 192.0.2.2."}
}

test_services_of_knative_are_workloads if {
	policy.population == set() with input as {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "a"}}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
