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
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: >-
#       Set encrypted to true on the volume, the file system or the block device. An existing volume must be copied
#       through an encrypted snapshot.
#     since: "2026-11-01"
#     inputs: [terraform-plan, hcl, cloudformation, kubernetes, aws-config]
package exhibit.policies.volume_encrypted_at_rest

import data.lib.resources
import data.lib.resources.disks

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, disk.at, fix) if {
	some r in judged
	some disk in disks.of(r)
	state(r, disk) == "fail"
	message := sprintf("%s has a disk or file system that is not encrypted.", [r.id])
	fix := sprintf("Set %s to true.", [disk.at[count(disk.at) - 1]])
}

unknowns contains resources.undecided(r, message, disk.at) if {
	some r in judged
	some disk in disks.of(r)
	state(r, disk) == "unknown"
	message := sprintf("Whether a disk of %s is encrypted is decided outside of what was read.", [r.id])
}

judged := [r | some r in resources.resources; r.type in {"volume", "instance", "instance_template"}]

# The first line that holds decides. A disk that is `implied` is there without being written: the account's default and
# the image decide. What is made from a snapshot is encrypted where the snapshot is.
state(r, disk) := "pass" if {
	not disk.implied
	resources.is_true(resources.attribute(r, disk.at).value)
} else := "unknown" if {
	resources.attribute(r, disk.at).state == "unknown"
} else := "unknown" if {
	disk.implied
} else := "unknown" if {
	disk.snapshot
	resources.attribute(r, disk.at).state == "absent"
} else := "fail"
