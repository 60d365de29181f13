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

# Verdict of a document of any form.
of(document) := "fail" if {
	count(policy.violations) > 0 with input as document
} else := "unknown" if {
	count(policy.unknowns) > 0 with input as document
} else := "pass" if {
	count(policy.population) > 0 with input as document
}

test_template if {
	every type in ["AWS::EC2::Volume", "AWS::EFS::FileSystem"] {
		of(testing.template(type, {"Encrypted": true})) == "pass"
		of(testing.template(type, {"Encrypted": false})) == "fail"
		of(testing.template(type, {})) == "fail"
		of(testing.template(type, {"Encrypted": {"Ref": "P"}})) == "unknown"
	}
	of(testing.template("AWS::EC2::Volume", {"SnapshotId": "snap-1"})) == "unknown"
	of(testing.template("AWS::EC2::Volume", {"SnapshotId": "snap-1", "Encrypted": false})) == "fail"
}

test_template_of_an_instance if {
	root := {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": true}}
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [root]})) == "pass"
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [root, {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}]})) == "fail"
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [root, {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": "snap-1"}}]})) == "unknown"
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [root, {"Fn::If": ["A", {}, {}]}]})) == "unknown"
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [root, {"DeviceName": "/dev/sdf", "Ebs": {"Fn::If": ["A", {}, {}]}}]})) == "unknown"
	of(testing.template("AWS::EC2::Instance", {"BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {"Encrypted": true}}]})) == "unknown"
	of(testing.template("AWS::EC2::Instance", {})) == "unknown"
	of(testing.template("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"BlockDeviceMappings": [{"Ebs": {"Encrypted": false}}]}})) == "fail"
	of(testing.template("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"Fn::If": ["A", {}, {}]}})) == "unknown"
	of(testing.template("AWS::AutoScaling::LaunchConfiguration", {"BlockDeviceMappings": [root]})) == "pass"
}

test_live_volume if {
	of(testing.item("AWS::EC2::Volume", {"encrypted": true}, {})) == "pass"
	of(testing.item("AWS::EC2::Volume", {"encrypted": false, "snapshotId": "snap-1"}, {})) == "fail"
	of(testing.item("AWS::EFS::FileSystem", {"Encrypted": false}, {})) == "fail"
	of(testing.item("AWS::EFS::FileSystem", {}, {})) == "unknown"
}

test_custom_resource if {
	of(testing.object_("efs.services.k8s.aws/v1alpha1", "FileSystem", {"encrypted": true})) == "pass"
	of(testing.object_("ec2.aws.upbound.io/v1beta1", "EBSVolume", {"forProvider": {}})) == "fail"
	of(testing.object_("ec2.aws.upbound.io/v1beta1", "EBSVolume", {"forProvider": {"snapshotId": "snap-1"}})) == "unknown"
}

test_source if {
	of(testing.source("aws_ebs_volume", {"encrypted": true})) == "pass"
	of(testing.source("aws_ebs_volume", {})) == "unknown"
	of(testing.source("aws_ebs_volume", {"encrypted": "${var.e}"})) == "unknown"
	of(testing.source("aws_instance", {})) == "unknown"
	of(testing.source("aws_instance", {"root_block_device": [{"encrypted": false}]})) == "fail"
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
