# METADATA
# title: Nodes ask the registry for images
# description: |
#   Containers pull with Always unless the image is named by digest, and never with Never. Otherwise a node runs whatever
#   bears the tag there, and starts private images for pods without access to them.
# custom:
#   exhibit:
#     id: image-pulled-fresh
#     severity: low
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A private image is started only by those that the registry lets in.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: An image that a node has kept cannot stand in for the one that was reviewed.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software is taken from its registry at each start.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set imagePullPolicy to Always, or name the image by digest.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.image_pulled_fresh

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["imagePullPolicy"], "Set imagePullPolicy to Always.") if {
	some r in judged
	problem := problem_of(r.values.image, pull_policy(r))
	message := sprintf("Container %s %s.", [r.name, problem])
}

judged := [r | some r in pods.containers; is_string(r.values.image); r.values.image != ""]

problem_of(image, how) := "runs only what its node already has: imagePullPolicy is Never" if {
	how == "Never"
} else := "may run another image of the same tag that its node has kept" if {
	how != "Always"
	not contains(image, "@")
}

# Kubernetes takes Always where nothing is written and the tag is latest, or missing.
pull_policy(r) := how if {
	how := r.values.imagePullPolicy
	how != null
} else := "Always" if {
	parts := split(r.values.image, "/")
	not contains(replace(parts[count(parts) - 1], ":latest", ""), ":")
} else := "IfNotPresent"
