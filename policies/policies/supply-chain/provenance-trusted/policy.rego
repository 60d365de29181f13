# METADATA
# title: Provenance names a trusted builder and source
# description: |
#   A provenance statement (in-toto with SLSA provenance v1 or v0.2) names a builder and a repository of lib/settings, and
#   the digest of what was built. Verify its signature first - a DSSE envelope is not opened and gets no verdict.
# custom:
#   exhibit:
#     id: provenance-trusted
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc8.1
#         strength: partial
#         rationale: What is released was built from the reviewed repository by the pipeline that was set up for it.
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Software of unknown origin is found before it runs.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows where software that is installed was built.
#       - control: iso27001/a.5.19
#         strength: supporting
#         rationale: Shows that software of suppliers comes from their builders.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that the origin of software is checked.
#       - control: eu-ai-act/15
#         strength: supporting
#         rationale: Where the software belongs to a high-risk AI system, shows that it was not put in on the way.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Build with a builder that is trusted, from a repository that is; or add it to builders or sources in lib/settings.
#     since: "2026-11-25"
#     inputs: [json]
package exhibit.policies.provenance_trusted

import data.lib.settings
import data.lib.statements

population contains statements.subject(s) if some s in array.concat(statements.provenance, statements.envelopes)

violations contains statements.violation(s, message, statements.builder_path[s.form], "Use a builder that is trusted.") if {
	some s in statements.provenance
	builder := object.get(input, statements.builder_path[s.form], "")
	not statements.below(builder, settings.builders)
	message := sprintf("%s was built by %v, which is not a trusted builder.", [s.id, shown(builder)])
}

violations contains statements.violation(s, message, path, "Build from a repository that is trusted.") if {
	some s in statements.provenance
	some [path, address] in statements.sources(s)
	not statements.below(statements.plain(address), settings.sources)
	message := sprintf("%s was built from %s, which is not a known repository.", [s.id, address])
}

violations contains statements.violation(s, message, ["predicate"], "Let the builder state the repository.") if {
	some s in statements.provenance
	count(statements.sources(s)) == 0
	message := sprintf("%s does not say from which repository it was built.", [s.id])
}

violations contains statements.violation(s, message, ["subject"], "State the SHA-256 of what was built.") if {
	some s in statements.provenance
	not identified(s.subjects)
	message := sprintf("%s does not say which bytes were built: a subject has no SHA-256 or SHA-512.", [s.id])
}

unknowns contains {"subject": s.id, "message": message, "path": ["payload"]} if {
	some s in statements.envelopes
	message := "The envelope is not opened: verify its signature, and judge the statement that the tool prints."
}

identified(subjects) if {
	count(subjects) > 0
	every one in subjects { digested(one) }
}

digested(one) if regex.match(`^[0-9a-f]{64}$`, one.digest.sha256)

digested(one) if regex.match(`^[0-9a-f]{128}$`, one.digest.sha512)

shown("") := "(nobody)"

shown(builder) := builder if builder != ""
