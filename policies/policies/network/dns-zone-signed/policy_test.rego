package exhibit.policies.dns_zone_signed_test

import data.exhibit.policies.dns_zone_signed as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_google_dns_managed_zone if {
	cases := [
		[{"visibility": "public", "dnssec_config": [{"state": "on", "default_key_specs": [{"algorithm": "rsasha256"}]}]}, {}, "pass"],
		[{"visibility": "public", "dnssec_config": [{"state": "off", "default_key_specs": [{"algorithm": "rsasha256"}]}]}, {}, "fail"],
		[{"visibility": "public", "dnssec_config": [{"default_key_specs": [{"algorithm": "rsasha256"}]}]}, {}, "fail"],
		[{"visibility": "public", "dnssec_config": [{"default_key_specs": [{"algorithm": "rsasha256"}]}]}, {"dnssec_config": [{"state": true}]}, "unknown"],
		[{"visibility": "public", "dnssec_config": [{"state": "on", "default_key_specs": [{"algorithm": "rsasha1"}]}]}, {}, "fail"],
		[{"visibility": "public", "dnssec_config": [{"state": "on", "default_key_specs": [{}]}]}, {}, "pass"],
		[{"visibility": "public", "dnssec_config": [{"state": "on", "default_key_specs": [{}]}]}, {"dnssec_config": [{"default_key_specs": [{"algorithm": true}]}]}, "unknown"],
		[{"visibility": "private"}, {}, "none"],
	]
	testing.verdicts("google_dns_managed_zone", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_dns_managed_zone", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"google_dns_managed_zone.a is not signed."} with input as testing.plan([["google_dns_managed_zone", "a", {"visibility": "public", "dnssec_config": [{"state": "off", "default_key_specs": [{"algorithm": "rsasha256"}]}]}]])
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_listing if {
	listed(testing.assets([["dns.googleapis.com/ManagedZone", "//dns.googleapis.com/a", {"visibility": "PUBLIC", "dnssecConfig": {"state": "ON"}}]])) == "pass"
	listed(testing.assets([["dns.googleapis.com/ManagedZone", "//dns.googleapis.com/a", {"visibility": "PUBLIC", "dnssecConfig": {"state": "OFF"}}]])) == "fail"
	listed(testing.assets([["dns.googleapis.com/ManagedZone", "//dns.googleapis.com/a", {}]])) == "unknown"
}
