# METADATA
# title: Pipelines run in images that are fixed
# description: |
#   Every image of a GitLab pipeline and every container of a GitHub workflow, services included, is named by digest: also one
#   that a job takes over by extends, default, a reference or a local include. An image that is put together from variables
#   gets no verdict, nor a job that may take one over from another project.
# custom:
#   exhibit:
#     id: pipeline-images-pinned
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: What builds software is the version that was looked at.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Shows that software in pipelines has a stated version.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that images of suppliers cannot change unseen in pipelines.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: "\"Write the digest: image: node:24@sha256:...\""
#     since: "2026-11-25"
#     inputs: [github-workflow, gitlab-ci]
package exhibit.policies.pipeline_images_pinned

import data.lib.pipelines
import data.lib.resources

population contains pipelines.subject(unit) if some [unit, _, _] in images

violations contains pipelines.violation(unit, message, path, "Name the image by digest.") if {
	some [unit, path, image] in images
	not pipelines.composed(image)
	not regex.match(`@sha256:[0-9a-f]{64}$`, image)
	message := sprintf("%s runs in image %s, which can be another one tomorrow.", [unit.id, image])
}

population contains pipelines.subject(job) if some job in inheriting

unknowns contains {"subject": job.id, "message": message, "path": job.path} if {
	some job in inheriting
	message := sprintf("%s may take an image over from what is not here.", [job.id])
}

# A job without an image of its own, where one may come from elsewhere; so may services from a job that it extends.
inheriting := [job |
	some job in pipelines.gitlab_jobs
	not pipelines.hidden(job)
	lacks(job)
]

lacks(job) if {
	object.get(job.values, "image", null) == null
	pipelines.open(job)
}

lacks(job) if {
	object.get(job.values, "services", null) == null
	pipelines.extends_unseen(job)
}

unknowns contains {"subject": unit.id, "message": message, "path": path} if {
	some [unit, path, image] in images
	pipelines.composed(image)
	not regex.match(`@sha256:[0-9a-f]{64}$`, image)
	message := sprintf("%s runs in an image that is known only when it runs: %s.", [unit.id, image])
}

images := array.concat(of_gitlab, of_workflows)

of_gitlab := [[unit, path, image] |
	some unit in array.concat(array.concat(pipelines.gitlab, defaults), pipelines.gitlab_jobs)
	some [path, written] in array.concat(
		[[array.concat(unit.path, ["image"]), object.get(unit.values, "image", null)]],
		[[array.concat(unit.path, ["services", i]), service] | some i, service in resources.list(object.get(unit.values, "services", null))],
	)
	image := text(written, "name")
]

# GitLab's `default` is read as the pipeline's own.
defaults := [object.union(one, {"path": ["default"], "values": input["default"]}) |
	some one in pipelines.gitlab
	is_object(input["default"])
]

of_workflows := [[job, path, image] |
	some job in pipelines.workflow_jobs
	some [path, written] in array.concat(
		[[array.concat(job.path, ["container"]), object.get(job.values, "container", null)]],
		[[array.concat(job.path, ["services", name]), service] | some name, service in object.get(job.values, "services", null)],
	)
	image := text(written, "image")
]

text(written, _) := written if is_string(written)

text(written, key) := written[key] if {
	is_object(written)
	is_string(written[key])
}
