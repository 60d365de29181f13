package exhibit.policies.attested_workloads_test

import data.exhibit.policies.attested_workloads as policy
import data.lib.testing

review(document, object_) := object.union(testing.review(document), {"exhibit": {"attestation": {"object": object_, "images": []}}})

deployment := testing.deployment([{"name": "a", "image": "a"}], {})

scale := {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 3}}

unattested := {"state": "unattested", "why": "it is not what passed: /spec/replicas"}

test_attested if {
	every document in [deployment, scale, testing.pod([], {})] {
		count(policy.population) == 1 with input as review(document, {"state": "attested"})
		policy.violations | policy.unknowns == set() with input as review(document, {"state": "attested"})
	}
}

test_unattested if {
	{v.message | some v in policy.violations} == {"Deployment/shop/web did not pass the gate as it is: it is not what passed: /spec/replicas."} with input as review(deployment, unattested)
	testing.subjects(policy.violations) == {"Scale/shop/web"} with input as review(scale, unattested)
}

test_nobody_looked if {
	every document in [testing.review(deployment), review(deployment, {"state": "none"})] {
		testing.subjects(policy.unknowns) == {"Deployment/shop/web"} with input as document
		policy.violations == set() with input as document
	}
}

test_judged_elsewhere if {
	every state in ["owner", "controller", "unchanged"] {
		(policy.population | policy.violations) | policy.unknowns == set() with input as review(deployment, {"state": state})
	}
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", deployment, testing.review({"kind": "Service", "apiVersion": "v1", "metadata": {"name": "a"}})] {
		(policy.population | policy.violations) | policy.unknowns == set() with input as document
	}
}
