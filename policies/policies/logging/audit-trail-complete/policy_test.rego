package exhibit.policies.audit_trail_complete_test

import data.exhibit.policies.audit_trail_complete as policy
import data.lib.testing

complete := {
	"is_multi_region_trail": true, "enable_log_file_validation": true,
	"enable_logging": true, "include_global_service_events": true,
}

# Settings that are complained about.
complaints(values) := found if {
	found := {v.fix | some v in policy.violations} with input as testing.plan([["aws_cloudtrail", "a", values]])
}

test_complete if complaints(complete) == set()

test_defaults if {
	complaints({}) == {"Set is_multi_region_trail to true.", "Set enable_log_file_validation to true."}
}

test_each_setting if {
	every name, _ in complete {
		complaints(object.union(complete, {name: false})) == {sprintf("Set %s to true.", [name])}
	}
}

test_known_after_apply if {
	plan := testing.plan([["aws_cloudtrail", "a", object.remove(complete, ["is_multi_region_trail"]), {"is_multi_region_trail": true}]])
	testing.subjects(policy.unknowns) == {"aws_cloudtrail.a"} with input as plan
	policy.violations == set() with input as plan
}

test_nothing_to_judge if policy.population == set() with input as testing.plan([["aws_s3_bucket", "a", {}]])
