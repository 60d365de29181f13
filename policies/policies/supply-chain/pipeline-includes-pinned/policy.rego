# METADATA
# title: GitLab pipelines include fixed files
# description: |
#   What a GitLab pipeline includes from other projects, components or addresses is named by a commit or carries its
#   digest. Files of the same project and templates of the instance are taken.
# custom:
#   exhibit:
#     id: pipeline-includes-pinned
#     severity: medium
#     owner: platform-ci
#     controls:
#       - control: soc2/cc8.1
#         strength: supporting
#         rationale: A pipeline does not change by a change elsewhere that nobody here reviewed.
#       - control: soc2/cc6.8
#         strength: supporting
#         rationale: Code from elsewhere runs in pipelines only in the version that was looked at.
#       - control: iso27001/a.8.32
#         strength: supporting
#         rationale: Shows that changes of a pipeline are changes of reviewed text.
#       - control: nis2/21.2.d
#         strength: partial
#         rationale: Shows that code of others cannot change unseen in pipelines.
#     layers:
#       pre-commit: warn
#       ci: warn
#       runtime: observe
#     cadence: change
#     remediation: Write ref with the hash of a commit, component with @<hash>, and integrity for a remote file.
#     since: "2026-11-25"
#     inputs: [gitlab-ci]
package exhibit.policies.pipeline_includes_pinned

import data.lib.pipelines

population contains pipelines.subject(one) if some one in including

violations contains pipelines.violation(one, message, array.concat(["include"], place), "Name a commit, or the digest of a remote file.") if {
	some one in including
	some [place, entry] in entries
	what := moving(entry)
	message := sprintf("%s includes %s, which can be other text tomorrow.", [one.id, what])
}

# A file with nothing but `include` is a pipeline too, when it names what only GitLab knows.
including := [one |
	one := {"id": "gitlab-ci", "type": "pipeline", "name": "gitlab-ci"}
	count(entries) > 0
	some [_, entry] in entries
	known(entry)
]

entries := [[place, entry] |
	not input.apiVersion
	some [place, entry] in listed(object.get(input, "include", null))
]

listed(include) := [[[i], entry] | some i, entry in include] if is_array(include)

listed(include) := [[[], include]] if {
	include != null
	not is_array(include)
}

known(entry) if {
	is_object(entry)
	some key in ["project", "component", "remote", "template", "local"]
	is_string(entry[key])
}

known(entry) if {
	is_string(entry)
	regex.match(`^https?://`, entry)
}

moving(entry) := sprintf("the project %s", [entry.project]) if {
	is_string(entry.project)
	not commit(object.get(entry, "ref", ""))
} else := sprintf("the component %s", [entry.component]) if {
	is_string(entry.component)
	parts := split(entry.component, "@")
	not commit(parts[count(parts) - 1])
} else := sprintf("the address %s", [entry.remote]) if {
	is_string(entry.remote)
	not regex.match(`^sha256-[A-Za-z0-9+/]{43}=$`, object.get(entry, "integrity", ""))
} else := sprintf("the address %s", [entry]) if {
	is_string(entry)
	regex.match(`^https?://`, entry)
}

commit(text) if regex.match(`^[0-9a-f]{40}$`, text)
