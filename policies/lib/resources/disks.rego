# METADATA
# title: Disks and file systems
# description: |
#   The disks that a resource creates: at (path of the setting that encrypts), implied (a root disk that is there without
#   being written) and snapshot (it is made from one).
package lib.resources.disks

import data.lib.resources

of(r) := {{"at": r.attributes.encrypted, "implied": false, "snapshot": resources.derived(r)}} if {
	r.type == "volume"
	not "always_encrypted" in r.facts
}

of(r) := {disk([kind, i, "encrypted"], false, false) |
	some kind in ["root_block_device", "ebs_block_device"]
	some i, device in resources.list(object.get(r.values, kind, []))
	is_object(device)
} | {disk(["root_block_device", 0, "encrypted"], true, false) |
	# The root disk exists also where the block is not written; the plan then marks it as unknown.
	r.native_type == "aws_instance"
	count(resources.list(object.get(r.values, "root_block_device", []))) == 0
} if {
	r.native_type in {"aws_instance", "aws_launch_configuration"}
}

of(r) := {disk(["block_device_mappings", i, "ebs", j, "encrypted"], false, false) |
	some i, mapping in resources.list(object.get(r.values, "block_device_mappings", []))
	some j, _ in resources.list(object.get(mapping, "ebs", []))
} if {
	r.native_type == "aws_launch_template"
}

# CloudFormation.
of(r) := ({disk(array.concat(r.attributes.disks, [i, "Ebs", "Encrypted"]), false, from_snapshot(mapping)) |
	some i, mapping in mappings(r)
	is_object(object.get(mapping, "Ebs", null))
} | {disk(r.attributes.disks, true, false) |
	r.type == "instance"
	not root_written(r)
}) | {disk(r.attributes.disks, true, false) |
	# An expression may stand for one mapping or for all.
	resources.has_unknown(r, r.attributes.disks)
	unreadable(r)
} if {
	r.attributes.disks
}

disk(at, implied, snapshot) := {"at": at, "implied": implied, "snapshot": snapshot}

mappings(r) := resources.list(object.get(r.values, r.attributes.disks, null))

from_snapshot(mapping) := object.get(mapping, ["Ebs", "SnapshotId"], null) != null

# Device names of root disks in the images of AWS.
root_written(r) if {
	some mapping in mappings(r)
	mapping.DeviceName in {"/dev/xvda", "/dev/sda1"}
}

unreadable(r) if resources.is_unknown(r, r.attributes.disks)

unreadable(r) if {
	some i, _ in mappings(r)
	some part in [[], ["Ebs"]]
	resources.is_unknown(r, array.concat(array.concat(r.attributes.disks, [i]), part))
}
