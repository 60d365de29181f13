# METADATA
# title: Provenance names its materials by digest
# description: |
#   A provenance statement lists what a build was made of, the source among it, each with a digest. Only then can the
#   build be looked at again.
# custom:
#   exhibit:
#     id: provenance-materials-pinned
#     severity: medium
#     owner: platform-security
#     controls:
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: What went into a release can be told afterwards.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows which versions went into a release.
#       - control: nis2/21.2.d
#         strength: supporting
#         rationale: Shows that parts of suppliers in a build are known.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Let the builder write resolvedDependencies (v1) or materials (v0.2) with digests.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.provenance_materials_pinned

import data.lib.statements

population contains statements.subject(s) if some s in statements.provenance

violations contains statements.violation(s, message, ["predicate"], "Let the builder list them.") if {
	some s in statements.provenance
	count(statements.materials(s)) == 0
	message := sprintf("%s lists nothing that it was built of.", [s.id])
}

violations contains statements.violation(s, message, path, "State its digest.") if {
	some s in statements.provenance
	some [path, material] in statements.materials(s)
	not pinned(object.get(material, "digest", null))
	message := sprintf("%s was built of %v, without a digest.", [s.id, object.get(material, "uri", object.get(material, "name", "(unnamed)"))])
}

pinned(digest) if {
	some _, value in digest
	is_string(value)
	regex.match(`^[0-9a-f]{40,128}$`, value)
}
