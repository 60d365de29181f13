# METADATA
# title: Functions run on a runtime that gets security fixes
# description: |
#   Lambda functions and Google Cloud functions do not use a runtime whose support had ended by mid-2026. Functions
#   that are container images name no runtime and pass.
# custom:
#   exhibit:
#     id: function-runtime-supported
#     severity: medium
#     owner: platform-reliability
#     controls:
#       - control: soc2/cc7.1
#         strength: supporting
#         rationale: Known vulnerabilities of the runtime are still closed by the provider.
#       - control: iso27001/a.8.8
#         strength: partial
#         rationale: Shows that no function rests on software without security fixes.
#       - control: iso27001/a.8.19
#         strength: supporting
#         rationale: Runtimes in use are versions that are supported.
#       - control: nis2/21.2.e
#         strength: partial
#         rationale: Shows maintenance of the software that functions run on.
#       - control: nis2/2690.6.6
#         strength: partial
#         rationale: Runtimes that no longer get patches are not used.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Move the function to a current runtime.
#     since: "2026-11-25"
#     inputs: [terraform-plan, cloudformation]
package exhibit.policies.function_runtime_supported

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"aws_lambda_function": [object.union(lambda, {"at": ["runtime"]})],
	"AWS::Lambda::Function": [object.union(lambda, {"at": ["Runtime"]})],
	"AWS::Serverless::Function": [object.union(lambda, {"at": ["Runtime"]})],
	"google_cloudfunctions_function": [{
		"at": ["runtime"],
		"wants": {"unlike": `^(nodejs(6|8|10|12|14|16|18)|python3[789]|go11[1-9]|go120|ruby(26|27|30)|php74|dotnet3)$`},
		"absent": "fail",
		"problem": "uses a runtime that gets no security fixes",
		"fix": "Move to a current runtime, such as python313.",
	}],
	"google_cloudfunctions2_function": [{
		"at": ["build_config", 0, "runtime"],
		"wants": {"unlike": `^(nodejs(6|8|10|12|14|16|18)|python3[789]|go11[1-9]|go120|ruby(26|27|30)|php74|dotnet3)$`},
		"absent": "unknown",
		"problem": "uses a runtime that gets no security fixes",
		"fix": "Move to a current runtime, such as nodejs22.",
	}],
}

lambda := {
	"wants": {"unlike": `^(nodejs((4\.3|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x|18\.x|20\.x)(-edge)?)?|python(2\.7|3\.[6-9])|ruby(2\.[57]|3\.2)|java8|go1\.x|dotnet(core[123]\.[01]|[567](\.0)?)|provided)$`},
	"absent": "pass",
	"problem": "uses a runtime that gets no security fixes",
	"fix": "Move to a current runtime, such as python3.13 or nodejs22.x.",
}
