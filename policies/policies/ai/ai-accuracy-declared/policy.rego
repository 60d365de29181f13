# METADATA
# title: Accuracy and robustness of AI systems are declared
# description: |
#   The registration of a high-risk AI system states metrics of accuracy with their values, on a data set that it
#   registers, and where robustness was tested. A value that misses its stated threshold fails.
# custom:
#   exhibit:
#     id: ai-accuracy-declared
#     severity: medium
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/15
#         strength: partial
#         rationale: Accuracy is measured and stated, and robustness was tested. Whether the level is right is for people to judge.
#       - control: eu-ai-act/13
#         strength: supporting
#         rationale: The accuracy that instructions for use state is written down.
#       - control: eu-ai-act/9
#         strength: supporting
#         rationale: Tests against thresholds that were set before are shown.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Write accuracy.metrics: [{name, value, threshold, data_set}] and robustness.tests.\""
#     since: "2026-11-25"
#     inputs: [json, yaml]
package exhibit.policies.ai_accuracy_declared

import data.lib.ai
import data.lib.resources

population contains ai.subject(s) if some s in ai.high_risk

violations contains ai.violation(s, message, ["accuracy", "metrics"], "List the metrics with their values.") if {
	some s in ai.high_risk
	count(ai.items(["accuracy", "metrics"])) == 0
	message := sprintf("AI system %s declares no metrics of accuracy.", [s.id])
}

violations contains ai.violation(s, message, path, "Correct the metric.") if {
	some s in ai.high_risk
	some [path, metric] in ai.items(["accuracy", "metrics"])
	problem := problem_of(metric)
	message := sprintf("Metric %v of AI system %s %s.", [object.get(metric, "name", "(unnamed)"), s.id, problem])
}

violations contains ai.violation(s, message, ["robustness", "tests"], "Say where robustness was tested.") if {
	some s in ai.high_risk
	count([1 | some test in resources.list(ai.value(["robustness", "tests"])); ai.written(test)]) == 0
	message := sprintf("AI system %s names no test of its robustness.", [s.id])
}

problem_of(metric) := "has no name" if {
	not ai.written(object.get(metric, "name", null))
} else := "has no value" if {
	not is_number(object.get(metric, "value", null))
} else := sprintf("was measured on %v, which is not a registered data set", [object.get(metric, "data_set", "nothing stated")]) if {
	not object.get(metric, "data_set", null) in registered
} else := sprintf("is %v, which misses its threshold of %v", [metric.value, metric.threshold]) if {
	is_number(metric.threshold)
	missed(metric)
}

registered := {set_.id | some [_, set_] in ai.items(["data_sets"])}

# Metrics of errors say that lower is better.
missed(metric) if {
	object.get(metric, "better", "higher") != "lower"
	metric.value < metric.threshold
}

missed(metric) if {
	object.get(metric, "better", "higher") == "lower"
	metric.value > metric.threshold
}
