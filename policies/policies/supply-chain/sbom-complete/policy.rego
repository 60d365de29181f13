# METADATA
# title: Bills of materials are complete
# description: |
#   A software bill of materials (CycloneDX, or SPDX 2 in JSON) says when and by whom or what it was made, what product it
#   is of, which components are in it, and how they depend on each other. These are the minimum elements of the NTIA,
#   without suppliers of components.
# custom:
#   exhibit:
#     id: sbom-complete
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Which software is in a product can be told.
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Whether a new vulnerability concerns a product can be looked up.
#       - control: iso27001/a.8.8
#         strength: supporting
#         rationale: Shows an inventory that vulnerabilities are matched with.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that components of suppliers are listed.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that vulnerabilities of components can be handled.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Make it with a tool that reads the lock files or the image, for the product as a whole.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.sbom_complete

import data.lib.resources
import data.lib.sboms

population contains sboms.subject(b) if some b in sboms.bills

violations contains sboms.violation(b, message, path, "Let the tool that makes it write this.") if {
	some b in sboms.bills
	some [what, path] in missing[b.form]
	message := sprintf("The bill of materials of %s does not say %s.", [b.id, what])
}

violations contains sboms.violation(b, message, [], "Make it from the lock files or the image.") if {
	some b in sboms.bills
	count(sboms.components(b)) == 0
	message := sprintf("The bill of materials of %s lists no components.", [b.id])
}

missing := {"cyclonedx": cyclonedx, "spdx": spdx}

cyclonedx contains ["when it was made", ["metadata"]] if not stated(["metadata", "timestamp"])

cyclonedx contains ["who or what made it", ["metadata"]] if {
	every key in ["tools", "authors", "manufacturer", "manufacture", "supplier"] { empty(["metadata", key]) }
}

cyclonedx contains ["what product it is of", ["metadata"]] if not stated(["metadata", "component", "name"])

cyclonedx contains ["how components depend on each other", []] if empty(["dependencies"])

spdx contains ["when it was made", ["creationInfo"]] if not stated(["creationInfo", "created"])

spdx contains ["who or what made it", ["creationInfo"]] if empty(["creationInfo", "creators"])

spdx contains ["what product it is of", []] if {
	empty(["documentDescribes"])
	count(related({"DESCRIBES", "DESCRIBED_BY"})) == 0
}

# What only says what a document describes does not say how components depend on each other.
spdx contains ["how components depend on each other", []] if {
	every relationship in resources.list(object.get(input, "relationships", null)) { relationship.relationshipType in {"DESCRIBES", "DESCRIBED_BY"} }
}

related(types) := [relationship |
	some relationship in resources.list(object.get(input, "relationships", null))
	relationship.relationshipType in types
]

stated(path) if sboms.written(object.get(input, path, null))

empty(path) if count(object.get(input, path, [])) == 0

empty(path) if object.get(input, path, null) == null
