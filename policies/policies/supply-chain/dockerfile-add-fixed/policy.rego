# METADATA
# title: Images take nothing from the network unchecked
# description: |
#   No ADD of a Dockerfile fetches an address without a checksum: what comes from there can be other bytes tomorrow. An address
#   that is put together from build arguments gets no verdict.
# custom:
#   exhibit:
#     id: dockerfile-add-fixed
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Files from outside come into images only in the version that was looked at.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software taken into images has a stated version.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that files of suppliers cannot change unseen in what is built.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Write ADD --checksum=sha256:..., or COPY a file that lies beside the Dockerfile.\""
#     since: "2026-11-26"
#     inputs: [dockerfile]
package exhibit.policies.dockerfile_add_fixed

import data.lib.dockerfiles

population contains dockerfiles.subject(stage) if some stage in dockerfiles.stages

violations contains dockerfiles.violation(dockerfiles.of(one.instruction), one.instruction, message, one.at, "Add --checksum=sha256:... or use COPY.") if {
	some one in added
	not dockerfiles.composed(one.source)
	remote(one.source)
	message := sprintf("%s adds %s, which can be other bytes tomorrow.", [dockerfiles.of(one.instruction).id, one.source])
}

unknowns contains dockerfiles.undecided(dockerfiles.of(one.instruction), one.instruction, message, one.at) if {
	some one in added
	dockerfiles.composed(one.source)
	may_be_remote(one.source)
	message := sprintf("%s adds a file that is known only when it is built: %s.", [dockerfiles.of(one.instruction).id, one.source])
}

added := [{"instruction": instruction, "source": source, "at": ["Value", i]} |
	some instruction in dockerfiles.of_kind("add")
	not checked(instruction)
	some i, source in instruction.values
	i < count(instruction.values) - 1
]

checked(instruction) if regex.match(`^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$`, dockerfiles.flag(instruction, "checksum"))

remote(source) if {
	regex.match(`(?i)^(https?|git|ssh|ftp)://|^git@`, source)
	not regex.match(`#[0-9a-f]{40}(:|$)`, source)
}

# A variable at the start may hold an address, one behind it may not.
may_be_remote(source) if startswith(source, "$")

may_be_remote(source) if remote(source)
