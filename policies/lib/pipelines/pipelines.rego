# METADATA
# title: Pipelines
# description: |
#   Reads workflows and composite actions of GitHub, and pipelines of GitLab. A job has: id, type, name, path, values. GitHub's are
#   of type workflow_job, GitLab's of type pipeline_job. Exhibit's reader puts them together first: a job of GitLab has what it
#   extends, takes over and refers to; a step or job of GitHub that uses an action or workflow of the same repository has its
#   `runs` or `jobs` beside. What is not there is not known: `open` and `unseen` say where.
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

# The same with the steps of actions and workflows of this repository that are used, at any depth.
all_steps(unit) := [[array.concat(unit.path, path), step] |
	walk(unit.values, [path, step])
	count(path) > 1
	path[count(path) - 2] == "steps"
	is_number(path[count(path) - 1])
	is_object(step)

	# What is passed to a step is no step.
	not "with" in path
]

# Actions and workflows of this repository that are used and that the reader did not find: what they do is not known.
unseen(unit) := array.concat(
	[[array.concat(path, ["uses"]), step.uses] |
		some [path, step] in all_steps(unit)
		own(step.uses)
		not is_object(object.get(step, "runs", null))
	],
	[[array.concat(unit.path, ["uses"]), unit.values.uses] |
		own(unit.values.uses)
		not is_object(object.get(unit.values, "jobs", null))
	],
)

# What is passed to actions and workflows of this repository: name and value of the input, who takes it, and its steps.
passed(unit) := [one |
	some [path, node] in array.concat([[unit.path, unit.values]], all_steps(unit))
	some key in ["jobs", "runs"]
	is_object(object.get(node, key, null))
	some name, value in node["with"]
	is_string(value)
	taken := {"path": array.concat(path, [key]), "values": node[key]}
	one := {"name": name, "value": value, "by": node.uses, "steps": all_steps(taken)}
]

# Whether a text has the value of an input in it.
takes(text, name) if regex.match(sprintf(`\$\{\{[^}]*inputs\.%s([^A-Za-z0-9_-]|$)`, [name]), text)

# Of the same repository, at the same commit.
own(name) if {
	is_string(name)
	startswith(name, "./")
}

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
	runs(value)
}

runs(value) if runs_script(value)

# A job may have its script from what it extends, or start another pipeline.
runs(value) if {
	value.extends
	every parent in resources.list(value.extends) { is_string(parent) }
}

runs(value) if value.trigger

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

# Whether a job takes over what is not here: from a parent that it extends, or from a file that is elsewhere or may not hold.
default open(_) := false

open(job) if extends_unseen(job)

open(_) if {
	some entry in resources.list(object.get(input, "include", null))
	not local(entry)
}

# Whether it extends a job that is not here.
default extends_unseen(_) := false

extends_unseen(job) if {
	some parent in resources.list(object.get(job.values, "extends", null))
	not is_object(object.get(input, parent, null))
}

# A file of this repository, which the reader took in or found missing.
local(entry) if {
	is_string(entry)
	not regex.match(`^https?://`, entry)
}

local(entry) if {
	is_string(entry.local)
	not entry.rules
}

# A hidden job is a template: it does not run.
hidden(job) if startswith(job.name, ".")

# The pipeline as a whole, for what stands outside of its jobs.
gitlab := [{"id": "gitlab-ci", "type": "pipeline", "name": "gitlab-ci", "path": [], "values": input} | is_gitlab]

workflows := [{"id": title, "type": "workflow", "name": title, "path": [], "values": input} | is_workflow]

subject(unit) := object.filter(unit, {"id", "type", "name"})

violation(unit, message, path, fix) := {"subject": unit.id, "message": message, "path": path, "fix": fix}

# A text that is put together when the pipeline runs.
default composed(_) := false

composed(text) if contains(text, "$")
