# METADATA
# title: Images are named by a version
# description: |
#   Every container names its image with a tag other than latest, or with a digest. Only a digest cannot be moved to
#   other content; a tag is taken because many registries forbid moving one.
# custom:
#   exhibit:
#     id: image-fixed
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: What runs is the version that was reviewed, because a new version needs a change of the manifest.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: An image cannot be replaced unseen under the name latest.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that installed software has a stated version.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows that a change of software is a change of reviewed text.
#       - control: nis2/21.2.d
#         strength: supporting
#         rationale: Shows that software taken from a supplier is fixed to a version. The supplier is not looked at.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows that its software does not change without a change of text.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: "Write the version, or better the digest: registry.example.com/app@sha256:..."
#     since: "2026-11-01"
#     inputs: [kubernetes]
package exhibit.policies.image_fixed

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("container")

violations contains resources.violation(r, message, ["image"], "Name a version, or better a digest.") if {
	some r in resources.of_type("container")
	problem := problem_of(object.get(r.values, "image", null))
	message := sprintf("Container %s %s.", [r.name, problem])
}

problem_of(image) := "names no image" if {
	not named(image)
} else := sprintf("uses image %s without a version, which means latest", [image]) if {
	not contains(image, "@")
	not contains(last_part(image), ":")
} else := sprintf("uses image %s, which can be another one tomorrow", [image]) if {
	not contains(image, "@")
	lower(split(last_part(image), ":")[1]) in {"latest", ""}
} else := sprintf("uses image %s, whose digest is not a SHA-256 or SHA-512", [image]) if {
	contains(image, "@")
	not digested(image)
}

# Counted here: to make a pattern that counts to 128 takes longer than to judge a manifest.
digested(image) if {
	parts := split(image, "@")
	digest := parts[count(parts) - 1]
	some name, digits in {"sha256:": 64, "sha512:": 128}
	startswith(digest, name)
	hex := trim_prefix(digest, name)
	count(hex) == digits
	regex.match(`^[0-9a-f]+$`, hex)
}

named(image) if {
	is_string(image)
	trim_space(image) != ""
}

# Behind the last slash, so that the port of a registry is not taken for a tag.
last_part(image) := parts[count(parts) - 1] if parts := split(image, "/")
