package exhibit.policies.volume_encrypted_at_rest_test

import data.exhibit.policies.volume_encrypted_at_rest as policy
import data.lib.testing

failed(resources) := found if {
	found := testing.subjects(policy.violations) with input as testing.plan(resources)
}

undecided(resources) := found if {
	found := testing.subjects(policy.unknowns) with input as testing.plan(resources)
}

test_volume if {
	failed([["aws_ebs_volume", "a", {"encrypted": true}], ["aws_efs_file_system", "b", {"encrypted": true}]]) == set()
	failed([["aws_ebs_volume", "a", {"encrypted": false}]]) == {"aws_ebs_volume.a"}
	failed([["aws_efs_file_system", "a", {"encrypted": null}]]) == {"aws_efs_file_system.a"}
}

test_account_default_decides if {
	undecided([["aws_ebs_volume", "a", {}, {"encrypted": true}]]) == {"aws_ebs_volume.a"}
	failed([["aws_ebs_volume", "a", {}, {"encrypted": true}]]) == set()
}

instance(root, disks, unknown) := ["aws_instance", "a", {"root_block_device": root, "ebs_block_device": disks}, unknown]

test_instance if {
	failed([instance([{"encrypted": true}], [], {})]) == set()
	undecided([instance([{"encrypted": true}], [], {})]) == set()
	failed([instance([{"encrypted": true}], [{"encrypted": true}, {"encrypted": false}], {})]) == {"aws_instance.a"}
	failed([instance([{"encrypted": false}], [], {})]) == {"aws_instance.a"}
}

test_root_disk_that_is_not_written if {
	undecided([instance([], [], {})]) == {"aws_instance.a"}
	undecided([["aws_instance", "a", {}, {"root_block_device": true, "ebs_block_device": true}]]) == {"aws_instance.a"}
	undecided([instance([{"volume_size": 8}], [], {"root_block_device": [{"encrypted": true}]})]) == {"aws_instance.a"}
}

test_every_disk_is_named if {
	[v.path | some v in policy.violations] == [
		["resource_changes", 0, "change", "after", "ebs_block_device", 1, "encrypted"],
		["resource_changes", 0, "change", "after", "root_block_device", 0, "encrypted"],
	] with input as testing.plan([instance([{"encrypted": false}], [{"encrypted": true}, {"encrypted": false}], {})])
}

template(ebs) := ["aws_launch_template", "a", {"block_device_mappings": [{"ebs": ebs}]}]

test_launch_template if {
	failed([template([{"encrypted": "true"}])]) == set()
	failed([template([{"encrypted": "false"}])]) == {"aws_launch_template.a"}
	failed([template([{"encrypted": ""}])]) == {"aws_launch_template.a"}
	failed([template([])]) == set()
}

test_launch_configuration if {
	failed([["aws_launch_configuration", "a", {"root_block_device": [{"encrypted": false}]}]]) == {"aws_launch_configuration.a"}
}

test_other_clouds if {
	plan := testing.plan([[type, "a", {}] | some type in ["google_compute_disk", "google_filestore_instance", "azurerm_managed_disk", "aws_fsx_windows_file_system"]])
	policy.violations == set() with input as plan
	policy.unknowns == set() with input as plan
	count(policy.population) == 4 with input as plan
}

test_default_of_the_account if {
	testing.subjects(policy.violations) == {"aws_ebs_encryption_by_default.a"} with input as testing.plan([["aws_ebs_encryption_by_default", "a", {"enabled": false}]])
	policy.violations == set() with input as testing.plan([["aws_ebs_encryption_by_default", "a", {"enabled": true}]])
}
