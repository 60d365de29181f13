# METADATA
# title: Administration and data ports are closed to the internet
# description: |
#   No firewall rule lets the whole internet (or more than an eighth of it) reach a port for administration,
#   a database, a cache, a message broker or a container runtime. Web ports are not looked at. A rule for other networks whose
#   source stands in a prefix list, or is not known yet, gets no verdict.
# custom:
#   exhibit:
#     id: no-open-ingress
#     severity: critical
#     owner: network
#     controls:
#       - control: soc2/cc6.6
#         strength: partial
#         rationale: Rules at the system boundary are checked for access from anywhere to ports that are not meant for the public.
#       - control: iso27001/a.8.20
#         strength: partial
#         rationale: Shows that network filters restrict who reaches administration and data services.
#       - control: iso27001/a.8.22
#         strength: supporting
#         rationale: Shows that the public network is kept apart from internal services at the level of firewall rules.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that network systems are checked for exposed services before they are changed.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the network serves a high-risk AI system, shows one measure against unauthorised access to it.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Name the networks that need the port, or reach it through a VPN, a bastion or a session manager.
#     since: "2026-11-01"
#     inputs: [terraform-plan, hcl, cloudformation, arm, kubernetes, aws-config, azure-resources, gcp-assets]
package exhibit.policies.no_open_ingress

import data.lib.resources
import data.lib.resources.ingress
import data.lib.resources.networks

# Port, and what usually listens there.
sensitive_ports := {
	20: "FTP", 21: "FTP", 22: "SSH", 23: "Telnet", 111: "RPC", 135: "Windows RPC", 137: "NetBIOS", 138: "NetBIOS",
	139: "NetBIOS", 389: "LDAP", 445: "SMB", 512: "rexec", 513: "rlogin", 514: "rsh", 636: "LDAPS", 873: "rsync",
	1433: "SQL Server", 1434: "SQL Server", 1521: "Oracle", 2049: "NFS", 2181: "ZooKeeper", 2375: "Docker", 2376: "Docker",
	2379: "etcd", 2380: "etcd", 3306: "MySQL", 3389: "RDP", 5432: "PostgreSQL", 5439: "Redshift", 5672: "AMQP",
	5900: "VNC", 5901: "VNC", 5984: "CouchDB", 5985: "WinRM", 5986: "WinRM", 6379: "Redis", 6443: "Kubernetes API",
	7000: "Cassandra", 7001: "Cassandra", 8086: "InfluxDB", 9042: "Cassandra", 9092: "Kafka", 9200: "Elasticsearch",
	9300: "Elasticsearch", 10250: "kubelet", 10255: "kubelet", 11211: "Memcached", 15672: "RabbitMQ",
	27017: "MongoDB", 27018: "MongoDB", 27019: "MongoDB",
}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, rule.at, "Name the networks that need this port.") if {
	some r in judged
	some rule in ingress.rules(r)
	some source in rule.sources
	networks.whole_internet(source)
	ports := exposed(rule)
	count(ports) > 0
	message := sprintf("%s lets %s reach %s.", [r.id, source, spoken(ports)])
}

unknowns contains resources.undecided(r, message, []) if {
	some r in judged
	ingress.undecided(r)
	message := sprintf("The ingress rules of %s are decided outside of what was read.", [r.id])
}

unknowns contains resources.undecided(r, message, rule.at) if {
	some r in judged
	some rule in ingress.rules(r)
	rule.undecided
	count(exposed(rule)) > 0
	message := sprintf("From where %s can be reached is decided outside of what was read, or stands in a prefix list.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"security_group", "security_group_rule"}]

# Sorted: the order of an object is not the same in every evaluator.
exposed(rule) := sort([port |
	rule.protocol in {"all", "tcp", "udp", "6", "17"}
	some port, _ in sensitive_ports
	some [from, to] in rule.ports
	from <= port
	port <= to
])

spoken(ports) := sprintf("port %d (%s)", [ports[0], sensitive_ports[ports[0]]]) if count(ports) == 1

spoken(ports) := sprintf("%d administration and data ports, such as %d (%s)", [count(ports), ports[0], sensitive_ports[ports[0]]]) if {
	count(ports) > 1
}
