# METADATA
# title: Images are those of a manifest that passed the gate
# description: |
#   Every container's image is named by its digest, and a run of the gate passed and signed a manifest that names exactly this
#   image. It is no scan of the image. The server looks for the signed summary; where it was not told to, nothing passes.
#   Pods that a controller makes are judged with their owner. Set the keys of your gates under admission.attestations, then
#   let the policy enforce.
# custom:
#   exhibit:
#     id: attested-images
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: An image that no pipeline released for use is found before it runs, and refused where this enforces.
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Only images that went through the pipeline's checks are run.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that software is installed only as it was released.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that images come by way of the organisation's own checks.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the image belongs to a high-risk AI system, shows that it was not replaced on the way.
#     layers:
#       admission: observe
#     cadence: change
#     remediation: Name the image by its digest in a manifest that the gate passes and signs. In an emergency ask for an override.
#     since: "2026-11-26"
#     inputs: [kubernetes]
package exhibit.policies.attested_images

import data.lib.attested
import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["image"], "Name the image by a digest that the gate passed.") if {
	some r in judged
	said := attested.image(r.values.image)
	said.state != "attested"
	message := sprintf("The image of container %s did not pass the gate: %s.", [r.name, said.why])
}

unknowns contains resources.undecided(r, message, ["image"]) if {
	some r in judged
	not attested.image(r.values.image)
	message := sprintf("Container %s: the server was not told to look for the gate's passes (admission.attestations).", [r.name])
}

# A container without an image is reported by image-fixed.
judged := [r | some r in pods.containers; is_string(r.values.image); r.values.image != ""] if {
	attested.asked
} else := []
