# METADATA
# title: Public DNS zones are signed
# description: |
#   Public zones of Cloud DNS have DNSSEC on and no key of the algorithm RSASHA1, so that answers cannot be forged.
# custom:
#   exhibit:
#     id: dns-zone-signed
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Traffic cannot be led elsewhere by a forged answer.
#       - control: iso27001/a.8.21
#         strength: partial
#         rationale: Shows one security mechanism of a network service.
#       - control: nis2/2690.6.7
#         strength: partial
#         rationale: Shows that best practice for the security of DNS is applied.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Set state to "on" in dnssec_config, with algorithms other than rsasha1.
#     since: "2026-11-25"
#     inputs: [terraform-plan, gcp-assets]
package exhibit.policies.dns_zone_signed

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"dns.googleapis.com/ManagedZone": [{
		"at": ["dnssecConfig", "state"],
		"wants": {"one_of": ["on", "transfer"]},
		"absent": "unknown",
		"when": [{"at": ["visibility"], "wants": {"one_of": ["public"]}, "absent": "unknown"}],
		"problem": "is not signed",
		"fix": `Set state to "on" in dnssecConfig.`,
	}],
	"google_dns_managed_zone": [
		{
			"at": ["dnssec_config", 0, "state"],
			"wants": {"one_of": ["on", "transfer"]},
			"absent": "fail",
			"when": [{"at": ["visibility"], "wants": {"one_of": ["public"]}, "absent": "pass"}],
			"problem": "is not signed",
			"fix": `Set state to "on" in dnssec_config.`,
		},
		{
			"each": ["dnssec_config", 0, "default_key_specs"],
			"at": ["algorithm"],
			"wants": {"none_of": ["rsasha1"]},
			"absent": "pass",
			"when": [{"at": ["visibility"], "wants": {"one_of": ["public"]}, "absent": "pass"}],
			"problem": "is signed with an algorithm that is broken",
			"fix": `Set algorithm to "rsasha256" or "ecdsap256sha256".`,
		},
	],
}
