# METADATA
# title: Pipelines
# description: |
#   Reads workflows and composite actions of GitHub, and pipelines of GitLab, as they stand in their files. A job has: id, type,
#   name, path, values. GitHub's are of type workflow_job, GitLab's of type pipeline_job.
package lib.pipelines

import data.lib.resources

# A workflow has jobs and says when it runs. Readers of YAML 1.1 take the key `on` for true.
is_workflow if {
	is_object(input.jobs)
	some key in ["on", "true"]
	object.get(input, key, null) != null
	not input.apiVersion
}

is_action if {
	is_object(input.runs)
	input.runs.using == "composite"
}

default title := "workflow"

title := input.name if {
	is_string(input.name)
	input.name != ""
}

workflow_jobs := [job |
	is_workflow
	some name, values in input.jobs
	is_object(values)
	job := {
		"id": sprintf("%s/%s", [title, name]),
		"type": "workflow_job",
		"name": name,
		"path": ["jobs", name],
		"values": values,
	}
]

# What has steps: jobs, and a composite action as one.
units := array.concat(workflow_jobs, [unit |
	is_action
	unit := {"id": title, "type": "action", "name": title, "path": ["runs"], "values": input.runs}
])

steps(unit) := [[array.concat(unit.path, ["steps", i]), step] |
	some i, step in resources.list(object.get(unit.values, "steps", null))
	is_object(step)
]

# Names of the events that start a workflow, which writes them as a text, a list or an object.
events := {event | some event in resources.list(triggers); is_string(event)} | {event | is_object(triggers); some event, _ in triggers}

triggers := object.get(input, "on", object.get(input, "true", null))

# Words at the top of a GitLab pipeline that are no jobs.
words := {
	"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script",
	"spec",
}

is_gitlab if {
	is_object(input)
	not input.jobs
	not input.apiVersion
	some key, value in input
	not key in words
	runs_script(value)
}

runs_script(value) if is_string(value.script)

runs_script(value) if {
	is_array(value.script)
	every line in value.script { scriptable(line) }
}

scriptable(line) if is_string(line)

# A line by reference (!reference) comes as a list.
scriptable(line) if is_array(line)

gitlab_jobs := [job |
	is_gitlab
	some name, values in input
	is_object(values)
	not name in words
	job := {"id": sprintf("gitlab-ci/%s", [name]), "type": "pipeline_job", "name": name, "path": [name], "values": values}
]

# The pipeline as a whole, for what stands outside of its jobs.
gitlab := [{"id": "gitlab-ci", "type": "pipeline", "name": "gitlab-ci", "path": [], "values": input} | is_gitlab]

workflows := [{"id": title, "type": "workflow", "name": title, "path": [], "values": input} | is_workflow]

subject(unit) := object.filter(unit, {"id", "type", "name"})

violation(unit, message, path, fix) := {"subject": unit.id, "message": message, "path": path, "fix": fix}

# A text that is put together when the pipeline runs.
default composed(_) := false

composed(text) if contains(text, "$")
