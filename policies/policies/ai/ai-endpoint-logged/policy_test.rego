package exhibit.policies.ai_endpoint_logged_test

import data.exhibit.policies.ai_endpoint_logged as policy
import data.lib.testing

messages(document) := found if {
	found := {v.message | some v in policy.violations} with input as document
}

sagemaker(after) := testing.plan([["aws_sagemaker_endpoint_configuration", "a", after]])

vertex(after) := testing.plan([["google_vertex_ai_endpoint", "a", after]])

service(logger) := {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "a"}, "spec": {"predictor": {"logger": logger}}}

test_logged if {
	messages(sagemaker({"data_capture_config": [{"enable_capture": true, "initial_sampling_percentage": 100}]})) == set()
	messages(vertex({"predict_request_response_logging_config": [{"enabled": true, "sampling_rate": 1}]})) == set()
	messages(service({"mode": "all", "url": "http://log"})) == set()
	messages(service({"url": "http://log"})) == set()
}

test_not_logged if {
	every blocks in [null, [], [{"enable_capture": false}], [{"enable_capture": null}]] {
		messages(sagemaker({"data_capture_config": blocks})) == {"Endpoint aws_sagemaker_endpoint_configuration.a logs neither requests nor answers."}
	}
	messages(vertex({})) == {"Endpoint google_vertex_ai_endpoint.a logs neither requests nor answers."}
	messages(service(null)) == {"Endpoint InferenceService/a logs neither requests nor answers."}
}

test_partly_logged if {
	messages(sagemaker({"data_capture_config": [{"enable_capture": true, "initial_sampling_percentage": 20}]})) == {"Endpoint aws_sagemaker_endpoint_configuration.a logs 20 % of what it is asked."}
	count(messages(vertex({"predict_request_response_logging_config": [{"enabled": true, "sampling_rate": 0.1}]}))) == 1
	messages(service({"mode": "request"})) == {"Endpoint InferenceService/a logs its request only."}
}

test_known_after_apply if {
	plan := testing.plan([["aws_sagemaker_endpoint_configuration", "a", {}, {"data_capture_config": true}]])
	count(policy.unknowns) == 1 with input as plan
	messages(plan) == set()
}

test_other_documents_are_left_out if {
	every document in [{}, [], "text", [{"kind": 1}], {"kind": "Other", "apiVersion": "v1", "metadata": {"name": "a"}}] {
		policy.population | policy.violations == set() with input as document
	}
}
