# METADATA
# title: Components in bills of materials can be looked up
# description: |
#   Every component of a bill of materials has a name, a version and an identifier that vulnerability databases know
#   (package URL, CPE or SWID tag). The product itself, files and operating system parts without a version of their own
#   are taken by name.
# custom:
#   exhibit:
#     id: sbom-components-identified
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Whether a new vulnerability concerns a component can be looked up.
#       - control: iso27001/a.8.8
#         strength: partial
#         rationale: Shows that components can be matched with vulnerabilities.
#       - control: nis2/21.2.d
#         strength: supporting
#         rationale: Shows that components of suppliers are identified.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows that vulnerabilities of components can be handled.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Make the bill with a tool that reads the lock files or the image, and writes package URLs.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.sbom_components_identified

import data.lib.sboms

population contains sboms.subject(b) if some b in sboms.bills

violations contains sboms.violation(b, message, found[0][0], fix) if {
	some b in sboms.bills
	some what, test in {"name": "has no name", "version": "has no version", "identifier": "has no package URL, CPE or SWID tag"}
	found := [[path, label] | some [path, label, lacking] in judged(b); what in lacking]
	count(found) > 0
	message := sprintf("%d of %d components of %s: each %s. The first is %s.", [count(found), count(judged(b)), b.id, test, found[0][1]])
	fix := sprintf("State the %s of every component.", [what])
}

judged(b) := [[path, label, lacking] |
	some [path, component] in sboms.components(b)
	not object.get(component, "type", "library") in {"file", "device", "data", "operating-system"}
	label := sboms.text(object.get(component, "name", null), "(unnamed)")
	lacking := {what | some what in ["name", "version", "identifier"]; not has(b.form, component, what)}
]

has(_, component, "name") if sboms.written(component.name)

has("cyclonedx", component, "version") if sboms.written(component.version)

has("spdx", component, "version") if sboms.written(component.versionInfo)

has("cyclonedx", component, "identifier") if {
	some key in ["purl", "cpe"]
	sboms.written(component[key])
}

has("cyclonedx", component, "identifier") if sboms.written(component.swid.tagId)

has("spdx", component, "identifier") if {
	some reference in component.externalRefs
	reference.referenceType in {"purl", "cpe22Type", "cpe23Type", "swid"}
	sboms.written(reference.referenceLocator)
}
