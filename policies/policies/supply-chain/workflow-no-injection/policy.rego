# METADATA
# title: Workflows do not run what a stranger wrote
# description: |
#   No script of a GitHub workflow or composite action has a title, a text or a branch name of an event put into it by an
#   expression, nor has a script of an action of the same repository that it is passed to. Whoever opens an issue could write
#   commands there. Passed through env it is only text.
# custom:
#   exhibit:
#     id: workflow-no-injection
#     severity: high
#     owner: platform-ci
#     controls:
#       - control: soc2/cc6.8
#         strength: partial
#         rationale: Text from outside is not run as a program.
#       - control: iso27001/a.8.28
#         strength: partial
#         rationale: Shows that one rule of secure coding, no code made of input, is applied to pipelines.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows that pipelines are secured against outside text.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Put the value into env (TITLE: ${{ github.event.issue.title }}) and use \\\"$TITLE\\\" in the script.\""
#     since: "2026-11-25"
#     inputs: [github-workflow]
package exhibit.policies.workflow_no_injection

import data.lib.pipelines

# Parts of an event that anyone can write.
untrusted := `\$\{\{(?:[^}]|\}[^}])*?github\.(head_ref|event\.(issue|pull_request|discussion)\.(title|body)|event\.(comment|review|review_comment)\.body|event\.pull_request\.head\.(ref|label|repo\.default_branch)|event\.pages[^}]*\.page_name|event\.(commits[^}]*|head_commit)\.(message|author\.(email|name))|event\.workflow_run\.(head_branch|display_title|head_commit\.(message|author\.(email|name))))`

population contains pipelines.subject(unit) if some unit in pipelines.units

violations contains pipelines.violation(unit, message, path, "Pass it through env, and use the variable in quotes.") if {
	some unit in pipelines.units
	some [path, script] in scripts(unit)
	some found in regex.find_all_string_submatch_n(untrusted, script, -1)
	message := sprintf("%s runs github.%s as part of a script, which a stranger can write.", [unit.id, found[1]])
}

# What is passed to an action or workflow of this repository, and run by a script there.
violations contains pipelines.violation(unit, message, path, "Pass it through env of the script, and use the variable in quotes.") if {
	some unit in pipelines.units
	some given in pipelines.passed(unit)
	found := regex.find_all_string_submatch_n(untrusted, given.value, 1)[0]
	some [path, script] in scripts_in(given.steps)
	pipelines.takes(script, given.name)
	message := sprintf("%s runs github.%s as part of a script of %s, which a stranger can write.", [unit.id, found[1], given.by])
}

unknowns contains {"subject": unit.id, "message": message, "path": path} if {
	some unit in pipelines.units
	some [path, name] in pipelines.unseen(unit)
	holder := array.slice(path, 0, count(path) - 1)
	some _, value in object.get(input, array.concat(holder, ["with"]), {})
	is_string(value)
	regex.match(untrusted, value)
	message := sprintf("%s gives what a stranger can write to %s, which was not found: whether a script runs it is not known.", [unit.id, name])
}

scripts(unit) := scripts_in(pipelines.steps(unit))

scripts_in(steps) := [[array.concat(at, part), script] |
	some [at, step] in steps
	some part in [["run"], ["with", "script"]]
	script := object.get(step, part, null)
	is_string(script)
]
