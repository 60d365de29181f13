package exhibit.policies.tls_required_test

import data.exhibit.policies.tls_required as policy
import data.lib.testing

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

listener(values) := ["aws_lb_listener", "a", object.union({"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, values)]

test_modern_policies if {
	every name in [
		"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06",
		"ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-FS-1-2-Res-2020-10",
	] {
		messages([listener({"ssl_policy": name})]) == set()
	}
}

test_old_policies if {
	every name in [
		"ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-TLS13-1-0-2021-06",
		"ELBSecurityPolicy-TLS13-1-1-2021-06", "ELBSecurityPolicy-FS-2018-06", null, "",
	] {
		messages([listener({"ssl_policy": name})]) == {"Listener aws_lb_listener.a takes TLS versions before 1.2."}
	}
}

test_policy_left_to_the_service if {
	undecided([["aws_lb_listener", "a", {"protocol": "TLS"}, {"ssl_policy": true}]]) == {"aws_lb_listener.a"}
	undecided([["aws_lb_listener", "a", {}, {"protocol": true}]]) == {"aws_lb_listener.a"}
}

redirect(to) := [{"type": "redirect", "redirect": [{"protocol": to, "status_code": "HTTP_301"}]}]

test_plain_http if {
	messages([listener({"protocol": "HTTP", "default_action": redirect("HTTPS")})]) == set()
	every action in [redirect("#{protocol}"), redirect("HTTP"), [{"type": "forward"}], array.concat(redirect("HTTPS"), [{"type": "forward"}]), []] {
		messages([listener({"protocol": "HTTP", "default_action": action})]) == {"Listener aws_lb_listener.a serves plain HTTP."}
	}
}

test_listeners_that_pass_on_are_left_out if {
	policy.population == set() with input as testing.plan([listener({"protocol": "TCP"}), ["aws_lb_listener", "b", {"protocol": "UDP"}]])
}

test_classic if {
	messages([["aws_elb", "a", {"listener": [{"lb_protocol": "https", "lb_port": 443}, {"lb_protocol": "tcp", "lb_port": 22}]}]]) == set()
	messages([["aws_elb", "a", {"listener": [{"lb_protocol": "HTTP", "lb_port": 80}]}]]) == {"aws_elb.a serves plain HTTP on port 80."}
	messages([["aws_elb", "a", {"listener": [{"lb_protocol": "http"}]}]]) == {"aws_elb.a serves plain HTTP on port (unknown)."}
}

distribution(default_, ordered, certificate) := ["aws_cloudfront_distribution", "a", {
	"default_cache_behavior": [{"viewer_protocol_policy": default_}],
	"ordered_cache_behavior": [{"viewer_protocol_policy": ordered}],
	"viewer_certificate": [certificate],
}]

test_distribution if {
	good := {"minimum_protocol_version": "TLSv1.2_2021"}
	messages([distribution("redirect-to-https", "https-only", good)]) == set()
	messages([distribution("redirect-to-https", "allow-all", good)]) == {"aws_cloudfront_distribution.a serves plain HTTP."}
	messages([distribution("https-only", "https-only", {"minimum_protocol_version": "TLSv1.1_2016"})]) == {"aws_cloudfront_distribution.a takes TLS versions before 1.2."}
	messages([distribution("https-only", "https-only", {"minimum_protocol_version": "TLSv1", "cloudfront_default_certificate": true})]) == set()
}

ingress(tls, hosts) := {
	"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "a"},
	"spec": {"tls": tls, "rules": [{"host": host} | some host in hosts]},
}

without_tls(tls, hosts) := found if {
	found := [v.message | some v in policy.violations] with input as ingress(tls, hosts)
}

test_ingress if {
	without_tls([{"hosts": ["a.example.com"]}], ["a.example.com"]) == []
	without_tls([{"hosts": ["*.example.com"]}], ["a.example.com"]) == []
	without_tls([{"secretName": "x"}], ["a.example.com"]) == []
	without_tls(null, ["a.example.com"]) == ["Ingress/a serves plain HTTP: it has no tls section."]
	without_tls([], ["a.example.com"]) == ["Ingress/a serves plain HTTP: it has no tls section."]
	without_tls([{"hosts": ["b.example.com"]}], ["a.example.com"]) == ["Ingress/a serves host a.example.com without TLS: no tls entry names it."]
	without_tls([{"hosts": ["*.example.com"]}], ["a.b.example.com"]) == ["Ingress/a serves host a.b.example.com without TLS: no tls entry names it."]
	without_tls([{"hosts": ["b.example.com"]}], [""]) == ["Ingress/a serves host (any) without TLS: no tls entry names it."]
}

test_gateway if {
	gateway := {
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "a"},
		"spec": {"listeners": [{"name": "https", "protocol": "HTTPS"}, {"name": "web", "protocol": "HTTP"}]},
	}
	policy.violations == set() with input as gateway
	[u.path | some u in policy.unknowns] == [["spec", "listeners", 1]] with input as gateway
}
