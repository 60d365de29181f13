# METADATA
# title: Images are built on images that are fixed
# description: |
#   Every image that a Dockerfile builds on or copies from is named by digest; a tag can be moved to other content. Stages of the
#   same file and scratch are taken. An image that is put together from build arguments gets no verdict.
# custom:
#   exhibit:
#     id: dockerfile-image-pinned
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: What software is built on is the version that was looked at.
#       - control: iso27001/a.8.19
#         strength: partial
#         rationale: Shows that software taken into images has a stated version.
#       - control: iso27001/a.8.28
#         strength: supporting
#         rationale: Shows that outside code is taken in on purpose.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that images of suppliers cannot change unseen in what is built.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: "\"Write the digest and keep the tag: FROM node:24@sha256:...\""
#     since: "2026-11-26"
#     inputs: [dockerfile]
package exhibit.policies.dockerfile_image_pinned

import data.lib.dockerfiles

population contains dockerfiles.subject(stage) if some stage in dockerfiles.stages

violations contains dockerfiles.violation(one.stage, one.instruction, message, one.at, "Name the image by digest.") if {
	some one in images
	not fixed(one.image)
	not dockerfiles.composed(one.image)
	message := sprintf("%s takes image %s, which can be another one tomorrow.", [one.stage.id, one.image])
}

unknowns contains dockerfiles.undecided(one.stage, one.instruction, message, one.at) if {
	some one in images
	not fixed(one.image)
	dockerfiles.composed(one.image)
	message := sprintf("%s takes an image that is known only when it is built: %s.", [one.stage.id, one.image])
}

images := array.concat(
	[{"stage": stage, "instruction": instruction, "image": stage.from, "at": ["Value", 0]} |
		some stage in dockerfiles.stages
		some instruction in dockerfiles.of_kind("from")
		instruction.Stage == stage.index
	],
	[{"stage": dockerfiles.of(instruction), "instruction": instruction, "image": image, "at": []} |
		some kind in ["copy", "run"]
		some instruction in dockerfiles.of_kind(kind)
		some image in sources(instruction)
	],
)

sources(instruction) := [image |
	some text in object.get(instruction, "Flags", [])
	image := outside(text)
]

outside(text) := image if {
	startswith(text, "--from=")
	image := substring(text, 7, -1)
	not stage_name(image)
} else := image if {
	startswith(text, "--mount=")
	some part in split(substring(text, 8, -1), ",")
	startswith(part, "from=")
	image := substring(part, 5, -1)
	not stage_name(image)
}

stage_name(image) if dockerfiles.aliases[lower(image)] >= 0

stage_name(image) if regex.match(`^[0-9]+$`, image)

fixed("scratch")

fixed(image) if stage_name(image)

fixed(image) if regex.match(`@sha256:[0-9a-f]{64}$`, image)
