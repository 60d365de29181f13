package exhibit.policies.no_open_ingress_test

import data.exhibit.policies.no_open_ingress as policy
import data.lib.testing

messages(resources) := found if {
	found := {v.message | some v in policy.violations} with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

rule(from, to, protocol, cidrs) := {
	"from_port": from, "to_port": to, "protocol": protocol, "cidr_blocks": cidrs,
	"ipv6_cidr_blocks": [], "prefix_list_ids": [],
}

group(rules) := ["aws_security_group", "a", {"ingress": rules}]

test_open_port if {
	messages([group([rule(22, 22, "tcp", ["0.0.0.0/0"])])]) == {"aws_security_group.a lets 0.0.0.0/0 reach port 22 (SSH)."}
}

test_path_names_the_rule if {
	[v.path | some v in policy.violations] == [["resource_changes", 0, "change", "after", "ingress", 1]] with input as testing.plan([group([
		rule(443, 443, "tcp", ["0.0.0.0/0"]),
		rule(3389, 3389, "tcp", ["0.0.0.0/0"]),
	])])
}

test_web_ports if messages([group([rule(80, 80, "tcp", ["0.0.0.0/0"]), rule(443, 443, "tcp", ["0.0.0.0/0"])])]) == set()

test_known_networks if messages([group([rule(22, 22, "tcp", ["10.0.0.0/8", "203.0.113.0/24"])])]) == set()

test_range_over_ports if {
	messages([group([rule(20, 30, "tcp", ["0.0.0.0/0"])])]) == {"aws_security_group.a lets 0.0.0.0/0 reach 4 administration and data ports, such as 20 (FTP)."}
}

test_everything if count(messages([group([rule(0, 0, "-1", ["0.0.0.0/0"])])])) == 1

test_icmp if messages([group([rule(8, 0, "icmp", ["0.0.0.0/0"]), rule(-1, -1, "1", ["0.0.0.0/0"])])]) == set()

test_internet_in_halves if count(messages([group([rule(22, 22, "tcp", ["0.0.0.0/1", "128.0.0.0/1"])])])) == 2

test_ipv6 if {
	open := object.union(rule(5432, 5432, "6", []), {"ipv6_cidr_blocks": ["::/0", "2000::/3", "fd00::/8"]})
	count(messages([group([open])])) == 2
}

test_rules_known_after_apply if undecided([["aws_security_group", "a", {}, {"ingress": true}]]) == {"aws_security_group.a"}

test_prefix_list if {
	undecided([group([object.union(rule(22, 22, "tcp", []), {"prefix_list_ids": ["pl-1"]})])]) == {"aws_security_group.a"}
	undecided([group([object.union(rule(443, 443, "tcp", []), {"prefix_list_ids": ["pl-1"]})])]) == set()
}

test_source_known_after_apply if {
	undecided([["aws_security_group", "a", {"ingress": [rule(22, 22, "tcp", [])]}, {"ingress": [{"cidr_blocks": true}]}]]) == {"aws_security_group.a"}
}

test_no_rules if {
	plan := testing.plan([group([]), ["aws_default_security_group", "b", {"ingress": null}]])
	policy.violations == set() with input as plan
	count(policy.population) == 2 with input as plan
}

separate(type, values) := ["aws_security_group_rule", "a", object.union(rule(22, 22, "tcp", ["0.0.0.0/0"]), object.union({"type": type}, values))]

test_rule_of_its_own if {
	count(messages([separate("ingress", {})])) == 1
	messages([separate("egress", {})]) == set()
	undecided([["aws_security_group_rule", "a", {}, {"type": true}]]) == {"aws_security_group_rule.a"}
	undecided([["aws_security_group_rule", "a", {"type": "ingress"}, {"protocol": true, "prefix_list_ids": true}]]) == {"aws_security_group_rule.a"}
}

vpc_rule(values, unknown) := ["aws_vpc_security_group_ingress_rule", "a", values, unknown]

test_vpc_rule if {
	count(messages([vpc_rule({"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}, {})])) == 1
	count(messages([vpc_rule({"cidr_ipv6": "::/0", "ip_protocol": "tcp", "from_port": 6379, "to_port": 6379}, {})])) == 1
	messages([vpc_rule({"referenced_security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}, {})]) == set()
	undecided([vpc_rule({"prefix_list_id": "pl-1", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}, {})]) == {"aws_vpc_security_group_ingress_rule.a"}
	undecided([vpc_rule({"ip_protocol": "tcp", "from_port": 22, "to_port": 22}, {"cidr_ipv4": true})]) == {"aws_vpc_security_group_ingress_rule.a"}
}

firewall(values) := ["google_compute_firewall", "a", object.union({"allow": [{"protocol": "tcp", "ports": ["22"]}]}, values)]

test_google if {
	count(messages([firewall({"source_ranges": ["0.0.0.0/0"]})])) == 1
	count(messages([firewall({})])) == 1
	count(messages([firewall({"direction": "INGRESS", "allow": [{"protocol": "all"}]})])) == 1
	messages([firewall({"direction": "EGRESS"})]) == set()
	messages([firewall({"disabled": true})]) == set()
	messages([firewall({"source_tags": ["bastion"]})]) == set()
	messages([firewall({"source_ranges": ["35.191.0.0/16"]})]) == set()
	count(messages([firewall({"allow": [{"protocol": "tcp", "ports": ["1000-4000"]}]})])) == 1
	messages([firewall({"allow": [{"protocol": "tcp", "ports": ["8080-8085"]}]})]) == set()
}

test_google_list_known_after_apply if {
	undecided([["google_compute_firewall", "a", {"allow": [{"protocol": "tcp", "ports": ["22"]}], "source_tags": ["x"]}, {"source_ranges": true}]]) == {"google_compute_firewall.a"}
}

azure(values) := ["azurerm_network_security_rule", "a", object.union(
	{
		"direction": "Inbound", "access": "Allow", "protocol": "Tcp",
		"source_address_prefix": "*", "destination_port_range": "22",
	},
	values,
)]

test_azure if {
	every source in ["*", "Internet", "any", "0.0.0.0/0"] { count(messages([azure({"source_address_prefix": source})])) == 1 }
	messages([azure({"access": "Deny"})]) == set()
	messages([azure({"direction": "Outbound"})]) == set()
	messages([azure({"source_address_prefix": "VirtualNetwork"})]) == set()
	messages([azure({"destination_port_range": "443"})]) == set()
	count(messages([azure({"destination_port_range": "*", "protocol": "*"})])) == 1
	count(messages([azure({"destination_port_range": null, "destination_port_ranges": ["80", "3380-3390"]})])) == 1
	count(messages([azure({"source_address_prefix": null, "source_address_prefixes": ["10.0.0.0/8", "0.0.0.0/0"]})])) == 1
	undecided([["azurerm_network_security_rule", "a", {"direction": "Inbound"}, {"access": true}]]) == {"azurerm_network_security_rule.a"}
}

test_azure_group if {
	count(messages([["azurerm_network_security_group", "a", {"security_rule": [azure({})[2], azure({"access": "Deny"})[2]]}]])) == 1
}

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

template(ingress) := testing.template("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": ingress})

ssh(values) := object.union({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}, values)

test_template if {
	of(template([ssh({"CidrIp": "0.0.0.0/0"})])) == "fail"
	of(template([ssh({"CidrIpv6": "::/0"})])) == "fail"
	of(template([ssh({"CidrIp": "10.0.0.0/8"})])) == "pass"
	of(template([ssh({"SourceSecurityGroupId": {"Fn::GetAtt": ["B", "GroupId"]}})])) == "pass"
	of(template([ssh({"CidrIp": "0.0.0.0/0", "FromPort": "20", "ToPort": "30"})])) == "fail"
	of(template([ssh({"CidrIp": "0.0.0.0/0", "FromPort": 443, "ToPort": 443})])) == "pass"
	of(template([ssh({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1", "FromPort": 443, "ToPort": 443})])) == "fail"
	of(template([ssh({"CidrIp": "0.0.0.0/0", "IpProtocol": -1})])) == "fail"
	of(template([])) == "pass"
	of(testing.template("AWS::EC2::SecurityGroupIngress", ssh({"CidrIp": "0.0.0.0/0"}))) == "fail"
}

test_template_with_functions if {
	of(template([ssh({"CidrIp": {"Ref": "From"}})])) == "unknown"
	of(template([ssh({"CidrIp": {"Ref": "From"}, "FromPort": 443, "ToPort": 443})])) == "pass"
	of(template([ssh({"CidrIp": "0.0.0.0/0", "FromPort": {"Ref": "Port"}})])) == "fail"
	of(template([ssh({"CidrIp": {"Ref": "From"}, "IpProtocol": {"Ref": "Protocol"}})])) == "unknown"
	of(template([ssh({"CidrIp": "10.0.0.0/8"}), {"Fn::If": ["A", {}, {}]}])) == "unknown"
	of(template({"Fn::If": ["A", [], []]})) == "unknown"
	of(template([ssh({"SourcePrefixListId": "pl-1"})])) == "unknown"
	of(testing.template("AWS::EC2::SecurityGroupIngress", {"Fn::Transform": {"Name": "X"}})) == "unknown"
}

permission(values) := testing.item("AWS::EC2::SecurityGroup", {"groupId": "sg-1", "ipPermissions": [object.union({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "prefixListIds": []}, values)]}, {})

test_live_group if {
	of(permission({"ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"]})) == "fail"
	of(permission({"ipv6Ranges": [{"cidrIpv6": "::/0"}]})) == "fail"
	of(permission({"ipRanges": ["0.0.0.0/0"]})) == "fail"
	of(permission({"ipv4Ranges": [{"cidrIp": "10.1.0.0/16"}]})) == "pass"
	of(permission({"prefixListIds": [{"prefixListId": "pl-1"}]})) == "unknown"
	of(testing.item("AWS::EC2::SecurityGroup", {"groupId": "sg-1", "ipPermissions": []}, {})) == "pass"
	of(testing.item("AWS::EC2::SecurityGroup", null, {})) == "unknown"
}

test_custom_resource if {
	of(testing.object_("ec2.services.k8s.aws/v1alpha1", "SecurityGroup", {"ingressRules": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": [{"cidrIP": "0.0.0.0/0"}]}]})) == "fail"
	of(testing.object_("ec2.aws.crossplane.io/v1beta1", "SecurityGroup", {"forProvider": {"ingress": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv6Ranges": [{"cidrIPv6": "::/0"}]}]}})) == "fail"
	of(testing.object_("ec2.aws.upbound.io/v1beta1", "SecurityGroupRule", {"forProvider": {"type": "ingress", "protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}})) == "fail"
	of(testing.object_("ec2.aws.upbound.io/v1beta1", "SecurityGroupRule", {"forProvider": {"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}})) == "pass"
	of(testing.object_("ec2.aws.upbound.io/v1beta1", "SecurityGroupIngressRule", {"forProvider": {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}})) == "fail"
}

test_source if {
	open := {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
	of(testing.source("aws_security_group", {"ingress": [open]})) == "fail"
	of(testing.source("aws_security_group", {"ingress": [object.union(open, {"cidr_blocks": ["10.0.0.0/8"]})]})) == "pass"
	of(testing.source("aws_security_group", {"ingress": [object.union(open, {"cidr_blocks": "${var.from}"})]})) == "unknown"
	of(testing.source("aws_security_group", {"ingress": [object.union(open, {"protocol": "${var.p}", "cidr_blocks": ["${var.from}"]})]})) == "unknown"
	of(testing.source("aws_security_group", {"ingress": [object.union(open, {"protocol": "${var.p}"})]})) == "fail"
	of(testing.source("aws_security_group", {})) == "unknown"
	of(testing.source("aws_security_group", {"dynamic": {"ingress": [{}]}, "ingress": [object.union(open, {"cidr_blocks": []})]})) == "unknown"
	of(testing.source("aws_security_group_rule", object.union(open, {"type": "${var.t}"}))) == "unknown"
	of(testing.source("google_compute_firewall", {"source_ranges": "${var.r}", "allow": [{"protocol": "tcp", "ports": ["22"]}]})) == "unknown"
	of(testing.source("azurerm_network_security_group", {"security_rule": [{"direction": "${var.d}", "access": "Allow"}]})) == "unknown"
}

test_arm_network_network_security_groups if {
	cases := [
		[{"properties": {"securityRules": [{"name": "rule-22", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}}, "fail"],
		[{"properties": {"securityRules": [{"name": "rule-22", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "10.0.0.0/8", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}, {"name": "rule-443", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443"}}]}}, "pass"],
		[{"properties": {"securityRules": [{"name": "rule-22", "properties": {"priority": 100, "direction": "Outbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}, {"name": "rule-22", "properties": {"priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}}, "pass"],
		[{"properties": {}}, "pass"],
		[{"properties": {"securityRules": "[parameters('x')]"}}, "unknown"],
		[{"properties": {"securityRules": [{"name": "rule-22", "properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "[parameters('x')]", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}}, "unknown"],
		[{"properties": {"securityRules": [{"name": "rule-22", "properties": {"priority": 100, "direction": "Inbound", "access": "[parameters('x')]", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}]}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Network/networkSecurityGroups", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Network/networkSecurityGroups", cases)
}

test_arm_network_network_security_groups_security_rules if {
	cases := [
		[{"properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "Internet", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}}, "fail"],
		[{"properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "10.1.0.0/16", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}}, "pass"],
		[{"properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "[parameters('x')]", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}}, "unknown"],
		[{"properties": {"priority": 100, "direction": "[parameters('x')]", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3389"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Network/networkSecurityGroups/securityRules", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Network/networkSecurityGroups/securityRules", cases)
}

# Verdict of a listing.
listed(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

listed_group(rules) := testing.azure([["Microsoft.Network/networkSecurityGroups", "web", {"securityRules": [{"name": "a", "properties": rule} | some rule in rules]}]])

listed_rule := {
	"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100, "sourceAddressPrefix": "*", "sourceAddressPrefixes": [],
	"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22", "destinationPortRanges": [],
}

test_group_in_a_listing if {
	listed(listed_group([listed_rule])) == "fail"
	listed(listed_group([object.union(listed_rule, {"sourceAddressPrefix": "10.0.0.0/8"})])) == "pass"
	listed(listed_group([])) == "pass"
	listed(listed_group([object.remove(listed_rule, ["sourceAddressPrefix"])])) == "unknown"
	listed(listed_group([object.remove(listed_rule, ["direction"])])) == "unknown"
	listed(testing.azure([["Microsoft.Network/networkSecurityGroups", "web", {}]])) == "unknown"
}

listed_firewall(values) := testing.assets([["compute.googleapis.com/Firewall", "//compute.googleapis.com/projects/shop/global/firewalls/ssh", values]])

listed_open := {"direction": "INGRESS", "disabled": false, "sourceRanges": ["0.0.0.0/0"], "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}]}

test_firewall_in_a_listing if {
	listed(listed_firewall(listed_open)) == "fail"
	every other in [
		{"sourceRanges": ["10.0.0.0/8"]}, {"disabled": true}, {"direction": "EGRESS"}, {"allowed": [{"IPProtocol": "tcp", "ports": ["443"]}]},
	] {
		listed(listed_firewall(object.union(object.remove(listed_open, object.keys(other)), other))) == "pass"
	}
	without := object.remove(listed_open, ["sourceRanges"])
	listed(listed_firewall(without)) == "unknown"
	listed(listed_firewall(object.union(without, {"sourceTags": ["web"]}))) == "pass"
	listed(listed_firewall(object.union(object.remove(listed_open, ["allowed"]), {"denied": [{"IPProtocol": "all"}]}))) == "pass"
	listed(listed_firewall({})) == "unknown"
}
