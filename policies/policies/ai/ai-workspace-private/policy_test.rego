package exhibit.policies.ai_workspace_private_test

import data.exhibit.policies.ai_workspace_private as policy
import data.lib.testing

# Cases: values after apply, what is known only after apply, verdict.
test_aws_sagemaker_notebook_instance if {
	cases := [
		[{"direct_internet_access": "Disabled", "root_access": "Disabled"}, {}, "pass"],
		[{"direct_internet_access": "Enabled", "root_access": "Disabled"}, {}, "fail"],
		[{"root_access": "Disabled"}, {}, "fail"],
		[{"root_access": "Disabled"}, {"direct_internet_access": true}, "unknown"],
		[{"direct_internet_access": "Disabled", "root_access": "Enabled"}, {}, "fail"],
		[{"direct_internet_access": "Disabled"}, {}, "fail"],
		[{"direct_internet_access": "Disabled"}, {"root_access": true}, "unknown"],
	]
	testing.verdicts("aws_sagemaker_notebook_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_sagemaker_notebook_instance", cases)
}

test_aws_sagemaker_domain if {
	cases := [
		[{"app_network_access_type": "VpcOnly"}, {}, "pass"],
		[{"app_network_access_type": "PublicInternetOnly"}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"app_network_access_type": true}, "unknown"],
	]
	testing.verdicts("aws_sagemaker_domain", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("aws_sagemaker_domain", cases)
}

test_google_workbench_instance if {
	cases := [
		[{"gce_setup": [{"disable_public_ip": true}]}, {}, "pass"],
		[{"gce_setup": [{"disable_public_ip": false}]}, {}, "fail"],
		[{"gce_setup": [{}]}, {}, "fail"],
		[{"gce_setup": [{}]}, {"gce_setup": [{"disable_public_ip": true}]}, "unknown"],
	]
	testing.verdicts("google_workbench_instance", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("google_workbench_instance", cases)
}

test_azurerm_machine_learning_workspace if {
	cases := [
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"public_network_access_enabled": true}, {}, "fail"],
		[{}, {}, "fail"],
		[{}, {"public_network_access_enabled": true}, "unknown"],
	]
	testing.verdicts("azurerm_machine_learning_workspace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_machine_learning_workspace", cases)
}

test_azurerm_cognitive_account if {
	cases := [
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"public_network_access_enabled": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_cognitive_account", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_cognitive_account", cases)
}

test_azurerm_search_service if {
	cases := [
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"public_network_access_enabled": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_search_service", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_search_service", cases)
}

test_azurerm_synapse_workspace if {
	cases := [
		[{"public_network_access_enabled": false}, {}, "pass"],
		[{"public_network_access_enabled": true}, {}, "fail"],
	]
	testing.verdicts("azurerm_synapse_workspace", cases, policy.population, policy.violations, policy.unknowns) == testing.expected(cases) with input as testing.plan_of("azurerm_synapse_workspace", cases)
}

test_what_is_said if {
	{v.message | some v in policy.violations} == {"aws_sagemaker_notebook_instance.a has direct internet access."} with input as testing.plan([["aws_sagemaker_notebook_instance", "a", {"direct_internet_access": "Enabled", "root_access": "Disabled"}]])
}

test_arm_machine_learning_services_workspaces if {
	cases := [
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Enabled"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.MachineLearningServices/workspaces", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.MachineLearningServices/workspaces", cases)
}

test_arm_cognitive_services_accounts if {
	cases := [
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Enabled"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.CognitiveServices/accounts", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.CognitiveServices/accounts", cases)
}

test_arm_search_search_services if {
	cases := [
		[{"properties": {"publicNetworkAccess": "Disabled"}}, "pass"],
		[{"properties": {"publicNetworkAccess": "Enabled"}}, "fail"],
		[{"properties": {}}, "fail"],
		[{"properties": {"publicNetworkAccess": "[parameters('x')]"}}, "unknown"],
	]
	testing.arm_verdicts("Microsoft.Search/searchServices", cases, policy.population, policy.violations, policy.unknowns) == [case[1] | some case in cases] with input as testing.arm_of("Microsoft.Search/searchServices", cases)
}
