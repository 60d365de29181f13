# METADATA
# title: Images name a user that is not root
# description: |
#   The last stage of a Dockerfile, which becomes the image, names a user other than root. A stage that builds on another one of the
#   file has its user. A user that is a build argument gets no verdict.
# custom:
#   exhibit:
#     id: dockerfile-user-set
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: A process that is taken over has no more rights than it needs.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Software in the image cannot be replaced by a process that runs in it.
#       - control: iso27001/a.8.2
#         strength: supporting
#         rationale: Shows that programs do not run with the rights of an administrator.
#       - control: nis2/21.2.e
#         strength: supporting
#         rationale: Shows one check of secure development before an image exists.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Add a user and write USER 10001 at the end of the last stage.\""
#     since: "2026-11-26"
#     inputs: [dockerfile]
package exhibit.policies.dockerfile_user_set

import data.lib.dockerfiles

population contains dockerfiles.subject(last)

last := dockerfiles.stages[count(dockerfiles.stages) - 1]

violations contains dockerfiles.violation(last, last, message, [], "Write USER with a number other than 0.") if {
	count(users) == 0
	message := sprintf("%s names no user, so it runs as root where its base says nothing else.", [last.id])
}

violations contains dockerfiles.violation(last, user, message, ["Value", 0], "Write USER with a number other than 0.") if {
	user := users[count(users) - 1]
	root(user.values[0])
	message := sprintf("%s runs as user %s.", [last.id, user.values[0]])
}

unknowns contains dockerfiles.undecided(last, user, message, ["Value", 0]) if {
	user := users[count(users) - 1]
	not root(user.values[0])
	dockerfiles.composed(user.values[0])
	message := sprintf("%s runs as a user that is known only when it is built: %s.", [last.id, user.values[0]])
}

# Of the stage and those that it builds on, in the order of the file.
users := [instruction |
	some instruction in dockerfiles.instructions
	instruction.Cmd == "user"
	instruction.Stage in chain
]

chain := graph.reachable(bases, {last.index})

bases := {stage.index: {base | base := dockerfiles.aliases[lower(stage.from)]; base < stage.index} | some stage in dockerfiles.stages}

root(user) if lower(split(user, ":")[0]) in {"root", ""}

root(user) if regex.match(`^0+(:|$)`, user)
