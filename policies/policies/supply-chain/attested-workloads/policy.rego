# METADATA
# title: Workloads passed the gate in CI
# description: |
#   What is about to be admitted is what a run of the gate passed and signed, field by field; only defaults of the API server
#   and mutations that the server's settings name may differ. The server looks for the signed summary; where it was not told
#   to, nothing passes. Objects that a controller makes are judged with their owner. Set the keys of your gates under
#   admission.attestations, then let the policy enforce.
# custom:
#   exhibit:
#     id: attested-workloads
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: A change that was not tested and passed in the pipeline is found before it takes effect, and refused where this enforces.
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Only workloads that went through the pipeline's checks are run.
#       - control: iso27001/a.8.32
#         strength: partial
#         rationale: Shows that each change of a workload is the one that went through the checks of change management.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that software is installed only as it was released.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows that systems are changed only by way of the tested pipeline.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows that it was not altered on the way.
#     layers:
#       admission: observe
#     cadence: change
#     remediation: Let the gate pass and sign the manifest, and apply it unchanged. In an emergency ask for an override.
#     since: "2026-11-26"
#     inputs: [kubernetes]
package exhibit.policies.attested_workloads

import data.lib.attested
import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, [], "Let the gate pass and sign this manifest, and apply it unchanged.") if {
	some r in judged
	attested.object_state == "unattested"
	message := sprintf("%s did not pass the gate as it is: %s.", [r.id, input.exhibit.attestation.object.why])
}

unknowns contains resources.undecided(r, message, []) if {
	some r in judged
	not attested.object_state in {"attested", "unattested"}
	message := sprintf("%s: the server was not told to look for the gate's passes (admission.attestations).", [r.id])
}

judged := array.concat(pods.workloads, resources.of_native_types({"Scale.autoscaling"})) if {
	attested.asked
} else := []
