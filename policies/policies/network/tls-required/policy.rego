# METADATA
# title: Traffic from outside is encrypted
# description: |
#   Load balancer listeners, CloudFront distributions and Kubernetes Ingresses take TLS, and not versions before 1.2 where
#   that is stated. A plain HTTP listener may redirect to HTTPS and do nothing else. Listeners that pass TCP or UDP on are left out.
# custom:
#   exhibit:
#     id: tls-required
#     severity: high
#     owner: network
#     controls:
#       - control: soc2/cc6.7
#         strength: partial
#         rationale: Data that crosses the system boundary through these entry points is encrypted on its way.
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Credentials and sessions cannot be read on their way to the service.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt data in transit is applied to public entry points.
#       - control: iso27001/a.8.20
#         strength: supporting
#         rationale: Shows that connections over public networks are protected.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption in transit at public entry points.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Use HTTPS or TLS with a certificate and a policy of TLS 1.2 or newer; let a plain HTTP listener only redirect.
#     since: "2026-11-01"
#     inputs: [terraform-plan, kubernetes]
package exhibit.policies.tls_required

import data.lib.resources

types := {"load_balancer_listener", "load_balancer", "distribution", "ingress", "gateway"}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, finding.message, finding.at, finding.fix) if {
	some r in judged
	some finding in findings(r)
}

unknowns contains resources.undecided(r, message, ["ssl_policy"]) if {
	some r in judged
	r.type == "load_balancer_listener"
	resources.attribute(r, ["protocol"]).value in {"HTTPS", "TLS"}
	resources.attribute(r, ["ssl_policy"]).state == "unknown"
	message := sprintf("Which TLS versions listener %s takes is left to the service; state ssl_policy.", [r.id])
}

unknowns contains resources.undecided(r, message, ["protocol"]) if {
	some r in judged
	r.type == "load_balancer_listener"
	resources.attribute(r, ["protocol"]).state == "unknown"
	message := sprintf("The protocol of listener %s is known only after apply.", [r.id])
}

unknowns contains resources.undecided(r, message, ["spec", "listeners", i]) if {
	some r in judged
	some i, listener in object.get(r.values, ["spec", "listeners"], [])
	r.type == "gateway"
	listener.protocol == "HTTP"
	message := sprintf("Listener %v of %s takes plain HTTP; whether its routes only redirect is not shown here.", [object.get(listener, "name", i), r.id])
}

judged := [r |
	some r in resources.resources
	r.type in types
	not passes_on(r)
]

# TCP, UDP and GENEVE listeners pass packets on; where TLS ends is decided behind them.
passes_on(r) if {
	r.type == "load_balancer_listener"
	resources.attribute(r, ["protocol"]).value in {"TCP", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"}
}

findings(r) := plain_listener(r) | old_policy(r) if r.type == "load_balancer_listener"

findings(r) := classic(r) if r.type == "load_balancer"

findings(r) := distribution(r) if r.type == "distribution"

findings(r) := ingress(r) if r.type == "ingress"

findings(r) := set() if r.type == "gateway"

plain_listener(r) := {finding |
	resources.attribute(r, ["protocol"]).value == "HTTP"
	not only_redirects(r)
	finding := {
		"message": sprintf("Listener %s serves plain HTTP.", [r.id]),
		"at": ["protocol"],
		"fix": "Use HTTPS, or let the listener only redirect to HTTPS.",
	}
}

only_redirects(r) if {
	actions := resources.list(object.get(r.values, "default_action", []))
	count(actions) > 0
	every action in actions {
		action.type == "redirect"
		action.redirect[0].protocol == "HTTPS"
	}
}

# Names of AWS policies that take nothing older than TLS 1.2.
old_policy(r) := {finding |
	resources.attribute(r, ["protocol"]).value in {"HTTPS", "TLS"}
	policy := resources.attribute(r, ["ssl_policy"])
	policy.state != "unknown"
	not modern(policy.value)
	finding := {
		"message": sprintf("Listener %s takes TLS versions before 1.2.", [r.id]),
		"at": ["ssl_policy"],
		"fix": `Set ssl_policy to "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" or another of TLS 1.2 or newer.`,
	}
}

modern(name) if {
	is_string(name)
	regex.match(`^ELBSecurityPolicy-(TLS-1-2-|FS-1-2-|TLS13-1-2-|TLS13-1-3-)`, name)
}

classic(r) := {finding |
	some i, listener in resources.list(object.get(r.values, "listener", []))
	lower(listener.lb_protocol) == "http"
	finding := {
		"message": sprintf("%s serves plain HTTP on port %v.", [r.id, object.get(listener, "lb_port", "(unknown)")]),
		"at": ["listener", i, "lb_protocol"],
		"fix": "Use https with a certificate.",
	}
}

distribution(r) := {finding |
	some kind in ["default_cache_behavior", "ordered_cache_behavior"]
	some i, behavior in resources.list(object.get(r.values, kind, []))
	behavior.viewer_protocol_policy == "allow-all"
	finding := {
		"message": sprintf("%s serves plain HTTP.", [r.id]),
		"at": [kind, i, "viewer_protocol_policy"],
		"fix": `Set viewer_protocol_policy to "redirect-to-https" or "https-only".`,
	}
} | {finding |
	some i, certificate in resources.list(object.get(r.values, "viewer_certificate", []))
	regex.match(`^(SSLv3|TLSv1|TLSv1_2016|TLSv1\.1_2016)$`, certificate.minimum_protocol_version)
	not resources.is_true(object.get(certificate, "cloudfront_default_certificate", null))
	finding := {
		"message": sprintf("%s takes TLS versions before 1.2.", [r.id]),
		"at": ["viewer_certificate", i, "minimum_protocol_version"],
		"fix": `Set minimum_protocol_version to "TLSv1.2_2021".`,
	}
}

ingress(r) := {finding |
	count(resources.list(object.get(r.values, ["spec", "tls"], []))) == 0
	finding := {
		"message": sprintf("%s serves plain HTTP: it has no tls section.", [r.id]),
		"at": ["spec", "tls"],
		"fix": "Add spec.tls with the hosts and the secret of their certificate.",
	}
} | {finding |
	count(resources.list(object.get(r.values, ["spec", "tls"], []))) > 0
	some i, rule in resources.list(object.get(r.values, ["spec", "rules"], []))
	host := object.get(rule, "host", "")
	not covered(r, host)
	finding := {
		"message": sprintf("%s serves host %s without TLS: no tls entry names it.", [r.id, shown(host)]),
		"at": ["spec", "rules", i, "host"],
		"fix": "Add the host to spec.tls.",
	}
}

shown("") := "(any)"

shown(host) := host if host != ""

# An entry without hosts stands for the controller's default certificate, for every host.
covered(r, host) if {
	some entry in resources.list(object.get(r.values, ["spec", "tls"], []))
	some name in array.concat(resources.list(object.get(entry, "hosts", [])), without_hosts(entry))
	name in {host, wildcard(host), "(every)"}
}

without_hosts(entry) := ["(every)"] if {
	count(resources.list(object.get(entry, "hosts", []))) == 0
} else := []

wildcard(host) := concat(".", array.concat(["*"], array.slice(parts, 1, count(parts)))) if parts := split(host, ".")
