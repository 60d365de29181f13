# METADATA
# title: Secrets are not written into ConfigMaps
# description: |
#   No ConfigMap holds a credential, as a value of its own or as a line of a file within it. It counts as one by its name
#   or by its form, as in no-secret-in-env. The value itself is never repeated in a message.
# custom:
#   exhibit:
#     id: config-map-no-secret
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: Credentials are kept where access to them is controlled, not in configuration that many can read.
#       - control: iso27001/a.8.9
#         strength: supporting
#         rationale: Shows that secrets stay out of configuration files.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that one rule of secure development, no secrets in code, is applied.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before a change is made.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Keep the value in a Secret or in a secret store, and change the value that was written.
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.config_map_no_secret

import data.lib.resources
import data.lib.secrets

population contains resources.subject(r) if some r in resources.of_type("config_map")

violations contains resources.violation(r, message, ["data", key], "Keep the value in a Secret, and change it.") if {
	some r in resources.of_type("config_map")
	some key, value in entries(r)
	why := secrets.reason(key, value)
	message := sprintf("%s has a secret in %s: %s.", [r.id, key, why])
}

violations contains resources.violation(r, message, ["data", key], "Keep the value in a Secret, and change it.") if {
	some r in resources.of_type("config_map")
	some key, value in entries(r)
	contains(value, "\n")
	some found in regex.find_all_string_submatch_n(`(?m)^[ \t]*(?:export[ \t]+)?"?([A-Za-z0-9_.-]+)"?[ \t]*[:=][ \t]*["']?([^"'\s#,]+)`, value, -1)
	why := secrets.reason(found[1], found[2])
	message := sprintf("%s has a secret in %s, at %s: %s.", [r.id, key, found[1], why])
}

entries(r) := {key: value |
	some key, value in object.get(r.values, "data", null)
	is_string(value)
}
