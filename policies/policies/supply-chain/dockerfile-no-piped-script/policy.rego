# METADATA
# title: Images run no script straight from the network
# description: |
#   No RUN of a Dockerfile, here-documents included, hands what curl or wget fetch to a shell or another interpreter. Nobody looked
#   at what runs there, and half of a broken download runs as well.
# custom:
#   exhibit:
#     id: dockerfile-no-piped-script
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Code from outside is not run without being looked at.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software is taken in on purpose.
#       - control: iso27001/a.8.28
#         strength: partial
#         rationale: Shows that one rule of secure coding, no unchecked outside code, is applied.
#       - control: nis2/21.2.d
#         strength: supporting
#         rationale: Shows that code of others cannot change unseen in what is built.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Fetch the file, compare its checksum (sha256sum --check), then run it; or install a package.\""
#     since: "2026-11-26"
#     inputs: [dockerfile]
package exhibit.policies.dockerfile_no_piped_script

import data.lib.dockerfiles

population contains dockerfiles.subject(stage) if some stage in dockerfiles.stages

violations contains dockerfiles.violation(dockerfiles.of(one.instruction), one.instruction, message, one.at, "Fetch it, compare its checksum, then run it.") if {
	some one in scripts
	some pattern in piped
	regex.match(pattern, one.text)
	message := sprintf("%s runs a script straight from the network.", [dockerfiles.of(one.instruction).id])
}

fetches := `\b(curl|wget|fetch)\b`

interpreters := `((/usr)?/bin/)?((ba|z|da|k|a|fi)?sh|python[0-9.]*|perl|ruby|node|php)\b`

piped := [
	concat("", [fetches, `[^|;\n]*\|[&]?\s*((sudo|env|exec|nohup)\s+([A-Za-z_-]\S*\s+)*|[A-Z_]+=\S*\s+)*`, interpreters]),
	concat("", [interpreters, `\s+(-\S+\s+)*["']?(<\(|\$\(|`, "`", `)\s*`, fetches]),
	concat("", [`(^|[;&|\s])(eval|source|\.)\s+["']?(<\(|\$\(|`, "`", `)\s*`, fetches]),
]

scripts := array.concat(
	[{"instruction": instruction, "text": concat(" ", instruction.values), "at": ["Value", 0]} |
		some instruction in dockerfiles.of_kind("run")
	],
	[{"instruction": instruction, "text": text, "at": at} |
		some instruction in dockerfiles.of_kind("run")
		some [at, text] in dockerfiles.documents(instruction)
	],
)
