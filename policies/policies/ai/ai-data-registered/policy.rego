# METADATA
# title: Data sets of AI systems are registered and examined for bias
# description: |
#   The registration of a high-risk AI system lists its data sets, each with an id, where it comes from, and an
#   examination for bias with its file and day. The files are not opened.
# custom:
#   exhibit:
#     id: ai-data-registered
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/10
#         strength: partial
#         rationale: The origin of training, validation and testing data is written down and was examined for bias. Whether the data is good enough is for people to judge.
#       - control: iso27001/a.5.33
#         strength: supporting
#         rationale: Shows where records that a model was trained on come from.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: P1D
#     remediation: "\"List each data set with id, provenance and bias_review: {file, reviewed_at}.\""
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_data_registered

import data.lib.ai

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["data_sets"], "List the data sets for training, validation and testing.") if {
	some s in ai.high_risk
	count(ai.items(["data_sets"])) == 0
	message := sprintf("AI system %s lists no data sets.", [s.id])
}

violations contains ai.violation(s, message, array.concat(path, field), fix) if {
	some s in ai.high_risk
	some [path, set_] in ai.items(["data_sets"])
	some [field, what] in [[["id"], "an id"], [["provenance"], "where it comes from"], [["bias_review", "file"], "a file of its examination for bias"]]
	not ai.written(object.get(set_, field, null))
	message := sprintf("Data set %v of AI system %s states not %s.", [name(path, set_), s.id, what])
	fix := sprintf("Write %s.", [concat(".", field)])
}

violations contains ai.violation(s, message, array.concat(path, ["bias_review", "reviewed_at"]), "Write the day of the examination.") if {
	some s in ai.high_risk
	some [path, set_] in ai.items(["data_sets"])
	problem := ai.review_problem(object.get(set_, ["bias_review", "reviewed_at"], null), 100000)
	message := sprintf("The examination of data set %v of AI system %s %s.", [name(path, set_), s.id, problem])
}

name(_, set_) := set_.id if ai.written(set_.id)

name(path, set_) := path[1] if not ai.written(object.get(set_, "id", null))
