# METADATA
# title: Machines and services run under an account of their own
# description: |
#   Compute Engine instances, node pools, Cloud Run services and functions of Google Cloud, and tasks of ECS name an
#   account that was made for them. The default account of Google Cloud is shared by all of a project and often an
#   editor; a task without a role uses that of the machine.
# custom:
#   exhibit:
#     id: workload-account-own
#     severity: medium
#     owner: identity
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: A workload that is broken into has the rights of its own account only.
#       - control: soc2/cc6.3
#         strength: partial
#         rationale: Rights are given to each workload by what it does.
#       - control: iso27001/a.8.2
#         strength: supporting
#         rationale: Wide default rights are not used by workloads.
#       - control: iso27001/a.5.15
#         strength: partial
#         rationale: Each workload is given access as an identity of its own.
#       - control: nis2/2690.11.2
#         strength: partial
#         rationale: Access rights of workloads follow least privilege.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#     cadence: change
#     remediation: >-
#       Name a service account that was made for the workload (service_account), or set task_role_arn.
#     since: "2026-11-25"
#     inputs: [terraform-plan]
package exhibit.policies.workload_account_own

import data.lib.requirements

population contains subject if some subject in judgement.population

violations contains violation if some violation in judgement.violations

unknowns contains unknown if some unknown in judgement.unknowns

judgement := requirements.judge(needs)

needs := {
	"google_compute_instance": google_machine,
	"google_compute_instance_template": google_machine,
	"google_container_node_pool": [{
		"at": ["node_config", 0, "service_account"],
		"wants": {"unlike": `^([0-9]+-compute@developer\.gserviceaccount\.com|default)?$`},
		"absent": "fail",
		"problem": "runs its nodes under the default account of the project",
		"fix": "Name a service account of its own in node_config.",
	}],
	"google_cloud_run_v2_service": [{
		"at": ["template", 0, "service_account"],
		"wants": {"unlike": `^([0-9]+-compute@developer\.gserviceaccount\.com)?$`},
		"absent": "fail",
		"problem": "runs under the default account of the project",
		"fix": "Name a service account of its own in template.",
	}],
	"google_cloudfunctions2_function": [{
		"at": ["service_config", 0, "service_account_email"],
		"wants": {"unlike": `^([0-9]+-compute@developer\.gserviceaccount\.com)?$`},
		"absent": "fail",
		"problem": "runs under the default account of the project",
		"fix": "Name a service account of its own in service_config.",
	}],
	"aws_ecs_task_definition": [{
		"at": ["task_role_arn"],
		"wants": "reference",
		"absent": "fail",
		"problem": "has no role of its own",
		"fix": "Set task_role_arn.",
	}],
}

google_machine := [{
	"at": ["service_account", 0, "email"],
	"wants": {"unlike": `^([0-9]+-compute@developer\.gserviceaccount\.com|default)?$`},
	"absent": "unknown",
	"problem": "runs under the default account of the project",
	"fix": "Name a service account of its own in service_account.",
}]
