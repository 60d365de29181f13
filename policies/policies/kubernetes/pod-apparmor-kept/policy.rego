# METADATA
# title: AppArmor is not switched off
# description: |
#   No pod or container sets its AppArmor profile to Unconfined, in the field or in the older annotation. What is not
#   written is the runtime's default. Windows pods are left out. Pod Security Standards, baseline.
# custom:
#   exhibit:
#     id: pod-apparmor-kept
#     severity: medium
#     owner: platform-kubernetes
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: The confinement that the container runtime brings is not taken away.
#       - control: iso27001/a.8.9
#         strength: partial
#         rationale: Shows that a protection of the platform is not switched off for a workload.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Remove the profile Unconfined, or name RuntimeDefault or Localhost.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.pod_apparmor_kept

import data.lib.pods
import data.lib.resources

allowed := {null, "RuntimeDefault", "Localhost"}

prefix := "container.apparmor.security.beta.kubernetes.io/"

population contains resources.subject(r) if some r in pods.linux_workloads

violations contains resources.violation(r, message, at, "Remove appArmorProfile, or set its type to RuntimeDefault.") if {
	some r in pods.linux_workloads
	some context in pods.contexts(r)
	at := array.concat(context, ["appArmorProfile", "type"])
	type := object.get(r.values, at, null)
	not type in allowed
	message := sprintf("%s runs with the AppArmor profile %v.", [r.id, type])
}

violations contains resources.violation(r, message, at, "Remove the annotation, or set it to runtime/default.") if {
	some r in pods.linux_workloads
	annotations := object.get(r.values, array.concat(pods.metadata(r), ["annotations"]), null)
	is_object(annotations)
	some key, profile in annotations
	startswith(key, prefix)
	not kept(profile)
	at := array.concat(pods.metadata(r), ["annotations", key])
	message := sprintf("%s runs container %s with the AppArmor profile %v.", [r.id, trim_prefix(key, prefix), profile])
}

kept(profile) if profile in {"", "runtime/default"}

kept(profile) if startswith(profile, "localhost/")
