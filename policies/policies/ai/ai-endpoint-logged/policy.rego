# METADATA
# title: Endpoints of models log requests and answers
# description: |
#   A SageMaker endpoint captures its data in full, a Vertex AI endpoint logs requests and responses, and a KServe
#   InferenceService has a logger for both, so that what a model was asked and said can be looked up. Logs of requests can
#   hold personal data - keep them accordingly.
# custom:
#   exhibit:
#     id: ai-endpoint-logged
#     severity: high
#     owner: ai-governance
#     controls:
#       - control: eu-ai-act/12
#         strength: partial
#         rationale: Where the endpoint belongs to a high-risk AI system, shows that its requests and answers are recorded automatically.
#       - control: eu-ai-act/19
#         strength: supporting
#         rationale: The logs that are to be kept exist.
#       - control: eu-ai-act/26
#         strength: supporting
#         rationale: A deployer can monitor the system by its logs.
#       - control: soc2/cc7.2
#         strength: supporting
#         rationale: Shows that the use of models is recorded.
#       - control: iso27001/a.8.15
#         strength: supporting
#         rationale: Shows that the use of models is recorded.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: Set data_capture_config of the endpoint (SageMaker), predict_request_response_logging_config (Vertex AI) or spec.predictor.logger with mode all (KServe).
#     since: "2026-11-25"
#     inputs: [terraform-plan, kubernetes]
package exhibit.policies.ai_endpoint_logged

import data.lib.resources

population contains resources.subject(r) if some r in resources.of_type("model_endpoint")

violations contains resources.violation(r, message, finding.at, finding.fix) if {
	some r in resources.of_type("model_endpoint")
	some finding in findings(r)
	message := sprintf("Endpoint %s %s.", [r.id, finding.problem])
}

unknowns contains resources.undecided(r, message, switch[r.native_type]) if {
	some r in resources.of_type("model_endpoint")
	at := switch[r.native_type]
	resources.has_unknown(r, at)
	count(findings(r)) == 0
	message := sprintf("Whether endpoint %s logs is known only after apply.", [r.id])
}

# Block that switches logging on, where the resource has one.
switch := {
	"aws_sagemaker_endpoint_configuration": ["data_capture_config"],
	"google_vertex_ai_endpoint": ["predict_request_response_logging_config"],
}

findings(r) := array.concat(off(r), partly(r))

off(r) := [{"problem": "logs neither requests nor answers", "at": at, "fix": sprintf("Write %s.", [at[0]])} |
	at := switch[r.native_type]
	not resources.has_unknown(r, at)
	not switched_on(r, at)
] if {
	switch[r.native_type]
}

off(r) := [{"problem": "logs neither requests nor answers", "at": ["spec", "predictor", "logger"], "fix": "Write spec.predictor.logger with mode all."} |
	object.get(r.values, ["spec", "predictor", "logger"], null) == null
] if {
	r.provider == "kubernetes"
}

switched_on(r, at) if {
	some block in resources.list(object.get(r.values, at, null))
	some key in ["enable_capture", "enabled"]
	resources.is_true(object.get(block, key, null))
}

# Only a part of what is asked is kept, or only one side.
partly(r) := [{"problem": sprintf("logs %v %% of what it is asked", [share]), "at": [at[0], i, key], "fix": "Log everything."} |
	at := switch[r.native_type]
	some i, block in resources.list(object.get(r.values, at, null))
	some key, whole in {"initial_sampling_percentage": 100, "sampling_rate": 1}
	share := block[key]
	is_number(share)
	share < whole
] if {
	switch[r.native_type]
}

partly(r) := [{"problem": sprintf("logs its %v only", [mode]), "at": ["spec", "predictor", "logger", "mode"], "fix": "Set mode to all."} |
	mode := object.get(r.values, ["spec", "predictor", "logger", "mode"], "all")
	mode in {"request", "response"}
] if {
	r.provider == "kubernetes"
}
