# METADATA
# title: Images come from known registries
# description: |
#   Every container's image comes from a registry of lib/settings. An image without a registry comes from docker.io. Name
#   your registries there, then let the policy enforce.
# custom:
#   exhibit:
#     id: image-registry-allowed
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Only software from sources that were decided on is run.
#       - control: soc2/cc9.2
#         strength: supporting
#         rationale: Shows from which suppliers software is taken.
#       - control: iso27001/a.5.19
#         strength: supporting
#         rationale: Shows that software comes from suppliers that were accepted.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that software is installed from known sources.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that images from unknown suppliers are found.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows that its software comes from known sources.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Copy the image into a registry of your own, or add its registry to registries in lib/settings.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.image_registry_allowed

import data.lib.pods
import data.lib.resources
import data.lib.settings

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["image"], "Use an image of a known registry.") if {
	some r in judged
	image := full(r.values.image)
	not known(image)
	message := sprintf("Container %s takes its image from %s, which is not a known registry.", [r.name, registry(image)])
}

# A container without an image is reported by image-fixed.
judged := [r | some r in pods.containers; is_string(r.values.image); r.values.image != ""]

# With the registry that is meant where none is written.
full(image) := image if {
	named_registry(split(image, "/"))
} else := sprintf("docker.io/%s", [image]) if {
	contains(image, "/")
} else := sprintf("docker.io/library/%s", [image])

named_registry(parts) if {
	count(parts) > 1
	some sign in [".", ":"]
	contains(parts[0], sign)
}

named_registry(parts) if {
	count(parts) > 1
	parts[0] == "localhost"
}

registry(image) := split(image, "/")[0]

known(image) if {
	some one in settings.registries
	startswith(lower(image), sprintf("%s/", [trim_suffix(lower(one), "/")]))
}
