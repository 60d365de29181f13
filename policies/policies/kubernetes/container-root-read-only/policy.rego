# METADATA
# title: Containers cannot write to their own image
# description: |
#   Each container and init container states readOnlyRootFilesystem, so that a program cannot be replaced while it runs.
#   Folders to write to are mounted. Ephemeral containers, which are for debugging, and Windows pods are left out.
# custom:
#   exhibit:
#     id: container-root-read-only
#     severity: low
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Software cannot be installed or changed in a running container.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software is installed through images only.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that a secure configuration is required of each container.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the workload belongs to a high-risk AI system, shows that its programs and models cannot be replaced in place.
#     layers:
#       pre-commit: warn
#       ci: warn
#       admission: warn
#       runtime: observe
#     cadence: change
#     remediation: Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the program writes.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.container_root_read_only

import data.lib.pods
import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.edited(r, found, at, true) if {
	some r in judged
	at := ["securityContext", "readOnlyRootFilesystem"]
	not resources.is_true(object.get(r.values, at, null))
	message := sprintf("Container %s can write to its own image.", [r.name])
	found := resources.violation(r, message, at, "Set readOnlyRootFilesystem to true.")
}

judged := [r | some r in pods.linux_containers; r.native_type != "ephemeralContainers"]
