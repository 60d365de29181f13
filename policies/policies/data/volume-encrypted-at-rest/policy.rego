# METADATA
# title: Volumes and file systems are encrypted at rest
# description: |
#   Disks of Google Cloud, managed disks of Azure and FSx always are: they are part of the population and pass.
#   EBS volumes and the default of the account for them, EFS file systems, and the disks that an EC2 instance or a launch template creates. A disk whose
#   encryption is left to the account's default or to a snapshot gets no verdict where the plan does not know the result.
# custom:
#   exhibit:
#     id: volume-encrypted-at-rest
#     severity: high
#     owner: platform-security
#     controls:
#       - control: soc2/cc6.1
#         strength: partial
#         rationale: A disk or a snapshot of it that leaves the account is unreadable without the key.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt stored data is applied to disks and file systems.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption for disks and file systems.
#     layers:
#       pre-commit: warn
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: >-
#       Set encrypted to true on the volume, the file system or the block device. An existing volume must be copied
#       through an encrypted snapshot.
#     since: "2026-11-01"
#     inputs: [terraform-plan]
package exhibit.policies.volume_encrypted_at_rest

import data.lib.resources

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, at, "Set encrypted to true.") if {
	some r in judged
	some at in disks(r)
	state(r, at) == "fail"
	message := sprintf("%s has a disk or file system that is not encrypted.", [r.id])
}

unknowns contains resources.undecided(r, message, at) if {
	some r in judged
	some at in disks(r)
	state(r, at) == "unknown"
	message := sprintf("Whether a disk of %s is encrypted is known only after apply.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"volume", "instance", "instance_template"}]

# Paths to the encryption setting of each disk that a resource creates.
disks(r) := {r.attributes.encrypted} if {
	r.type == "volume"
	not "always_encrypted" in r.facts
}

disks(r) := {array.concat(block, ["encrypted"]) |
	r.native_type != "aws_launch_template"
	some kind in ["root_block_device", "ebs_block_device"]
	some i, device in resources.list(object.get(r.values, kind, []))
	is_object(device)
	block := [kind, i]
} | {[kind, 0, "encrypted"] |
	# The root disk exists also where the block is not written; the plan then marks it as unknown.
	some kind in ["root_block_device"]
	r.native_type == "aws_instance"
	count(resources.list(object.get(r.values, kind, []))) == 0
} if {
	r.type in {"instance", "instance_template"}
	r.native_type != "aws_launch_template"
}

disks(r) := {["block_device_mappings", i, "ebs", j, "encrypted"] |
	some i, mapping in resources.list(object.get(r.values, "block_device_mappings", []))
	some j, _ in resources.list(object.get(mapping, "ebs", []))
} if {
	r.native_type == "aws_launch_template"
}

state(r, at) := "pass" if {
	resources.is_true(resources.attribute(r, at).value)
} else := "unknown" if {
	resources.attribute(r, at).state == "unknown"
} else := "unknown" if {
	# Nothing is written about the root disk: the account's default and the image decide.
	at == ["root_block_device", 0, "encrypted"]
	count(resources.list(object.get(r.values, "root_block_device", []))) == 0
} else := "fail"
