# METADATA
# title: Inputs for tests
# description: Builds plans and reviews as short as a test needs them. Not part of a bundle.
package lib.testing

# A plan that creates resources. Each is [type, name, values after apply] or with a fourth: what is not known yet.
plan(resources) := {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [change |
	some r in resources
	change := {
		"address": concat(".", [r[0], r[1]]),
		"mode": "managed",
		"type": r[0],
		"name": r[1],
		"change": {"actions": ["create"], "before": null, "after": r[2], "after_unknown": unknown(r)},
	}
]}

default unknown(_) := {}

unknown(r) := r[3]

# The same with the plan's configuration: an object from address to its expressions.
plan_with(resources, expressions) := object.union(plan(resources), {"configuration": {"root_module": {"resources": [resource |
	some address, expression in expressions
	resource := {"address": address, "mode": "managed", "expressions": expression}
]}}})

# A pod with containers, and with other fields of its specification.
pod(containers, spec) := {
	"apiVersion": "v1",
	"kind": "Pod",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"containers": containers}, spec),
}

deployment(containers, spec) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": object.union({"containers": containers}, spec)}},
}

review(object_) := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"request": {"uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "operation": "CREATE", "object": object_},
}

# Subjects of a set of violations, or of unknowns.
subjects(found) := {v.subject | some v in found}

ids(population) := {s.id | some s in population}

# A CloudFormation template of one resource, A.
template(type, properties) := {"Resources": {"A": {"Type": type, "Properties": properties}}}

# An item of AWS Config.
item(type, configuration, supplementary) := {
	"version": "1.3", "accountId": "111122223333", "configurationItemCaptureTime": "2026-11-20T06:12:41.118Z",
	"configurationItemStatus": "OK", "resourceType": type, "resourceId": "a", "awsRegion": "eu-central-1",
	"configuration": configuration, "supplementaryConfiguration": supplementary,
}

# An object of a custom resource.
object_(api, kind, spec) := {"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, "spec": spec}

# A file of Terraform source with one resource, a.
source(type, block) := {"resource": {type: {"a": [block]}}}

# What the three rules of a policy say together of an input with one subject; none: it is not in the population.
verdict(population, violations, unknowns) := "none" if {
	count(population) == 0
	count(violations | unknowns) == 0
} else := "fail" if {
	count(violations) > 0
} else := "unknown" if {
	count(unknowns) > 0
} else := "pass"

# Cases of one type, each [values, what is not known yet, verdict], as the resources of one plan: asked one by one they
# would take many times as long.
plan_of(type, cases) := plan([[type, sprintf("case%d", [i]), case[0], case[1]] | some i, case in cases])

# What is said of each case of `plan_of`, in its order.
verdicts(type, cases, population, violations, unknowns) := [found |
	some i, _ in cases
	id := sprintf("%s.case%d", [type, i])
	found := verdict(
		{s | some s in population; s.id == id},
		{v | some v in violations; v.subject == id},
		{u | some u in unknowns; u.subject == id},
	)
]

expected(cases) := [case[2] | some case in cases]

# Resources of one type in a template of Azure, each case [members of the resource, verdict].
arm_of(type, cases) := arm_template([resource |
	some i, case in cases
	resource := object.union({"type": type, "apiVersion": "2024-01-01", "name": sprintf("case%d", [i])}, case[0])
])

arm_template(resources) := {
	"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
	"contentVersion": "1.0.0.0",
	"resources": resources,
}

# What is said of each case of `arm_of`, in its order.
arm_verdicts(type, cases, population, violations, unknowns) := [found |
	some i, case in cases
	id := concat("/", [type, object.get(case[0], "name", sprintf("case%d", [i]))])
	found := verdict(
		{s | some s in population; s.id == id},
		{v | some v in violations; v.subject == id},
		{u | some u in unknowns; u.subject == id},
	)
]

# What Azure Resource Graph answers of resources: each [type, name, properties], or with a fourth, the id of what it stands in or beside.
azure(rows) := {"totalRecords": count(rows), "count": count(rows), "facets": [], "resultTruncated": "false", "data": [row |
	some r in rows
	row := {"id": azure_id(r), "name": r[1], "type": lower(r[0]), "location": "westeurope", "tags": {"Environment": "Production"}, "properties": r[2]}
]}

azure_id(r) := concat("/", [r[3], r[1]]) if {
	count(r) > 3
} else := concat("/", ["/subscriptions/5ad5c4f1-0000-4000-8000-9c2b6d1f7e10/resourceGroups/Shop/providers", r[0], r[1]])

# What Cloud Asset Inventory lists: each [type, name, what its API shows of it].
assets(list) := {"readTime": "2026-11-20T06:12:41.118Z", "assets": [asset |
	some a in list
	asset := {
		"name": a[1], "assetType": a[0], "ancestors": ["projects/123456789012"], "updateTime": "2026-11-20T06:12:41.118Z",
		"resource": {"version": "v1", "parent": "//cloudresourcemanager.googleapis.com/projects/123456789012", "data": a[2]},
	}
]}
