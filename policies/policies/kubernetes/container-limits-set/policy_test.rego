package exhibit.policies.container_limits_set_test

import data.exhibit.policies.container_limits_set as policy
import data.lib.testing

fixes(resources, pod) := found if {
	found := {v.fix | some v in policy.violations} with input as testing.pod([{"name": "a", "resources": resources}], pod)
}

memory := "Set resources.limits.memory."

cpu := "Set resources.requests.cpu."

test_stated if {
	fixes({"limits": {"memory": "512Mi"}, "requests": {"cpu": "250m"}}, {}) == set()
	fixes({"limits": {"memory": 536870912, "cpu": 0.5}}, {}) == set()
}

test_not_stated if {
	fixes({}, {}) == {memory, cpu}
	fixes(null, {}) == {memory, cpu}
	fixes({"requests": {"memory": "1Gi", "cpu": 1}}, {}) == {memory}
	fixes({"limits": {"memory": "1Gi"}}, {}) == {cpu}
}

test_zero_is_none if fixes({"limits": {"memory": "0", "cpu": 0}}, {}) == {memory, cpu}

test_resources_of_the_pod if fixes({}, {"resources": {"limits": {"memory": "1Gi", "cpu": "1"}}}) == set()

test_containers if {
	testing.ids(policy.population) == {"Pod/shop/web/containers/a", "Pod/shop/web/initContainers/i"} with input as testing.pod(
		[{"name": "a"}],
		{"initContainers": [{"name": "i"}], "ephemeralContainers": [{"name": "e"}]},
	)
}
