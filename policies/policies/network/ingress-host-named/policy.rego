# METADATA
# title: Entry points name their hosts
# description: |
#   Every rule of an Ingress names a host without a wildcard, and there is no backend for whatever is asked. An entry
#   without a host takes over the names of others and answers to any name.
# custom:
#   exhibit:
#     id: ingress-host-named
#     severity: medium
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: supporting
#         rationale: Which names are served from outside is stated and can be reviewed.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows that entry points to the network are stated one by one.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows that a new public name is a change of reviewed text.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Write one rule for each host, and remove spec.defaultBackend.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.ingress_host_named

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("ingress")

violations contains resources.violation(r, message, ["spec", "rules", i, "host"], "Name the host.") if {
	some r in resources.of_type("ingress")
	some i, rule in resources.list(object.get(r.values, ["spec", "rules"], null))
	is_object(rule)
	host := object.get(rule, "host", null)
	problem := problem_of(host)
	message := sprintf("%s %s.", [r.id, problem])
}

violations contains resources.violation(r, message, ["spec", key], "Remove it, and write a rule for each host.") if {
	some r in resources.of_type("ingress")
	some key in ["defaultBackend", "backend"]
	object.get(r.values, ["spec", key], null) != null
	message := sprintf("%s answers to every name that no rule has.", [r.id])
}

problem_of(host) := "answers to every name" if host in {null, "", "*"}

problem_of(host) := sprintf("answers to every name in %s", [host]) if startswith(host, "*.")
