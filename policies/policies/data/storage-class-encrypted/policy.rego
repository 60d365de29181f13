# METADATA
# title: Storage classes encrypt their volumes
# description: |
#   A StorageClass of a provisioner that leaves encryption to a parameter (AWS EBS, Ceph RBD, Longhorn, OpenEBS and IBM
#   block storage) states it. Classes of other provisioners are left out, such as those that always encrypt.
# custom:
#   exhibit:
#     id: storage-class-encrypted
#     severity: high
#     owner: data-platform
#     controls:
#       - control: soc2/cc6.1
#         strength: supporting
#         rationale: Data on volumes that a cluster makes cannot be read from the storage below it.
#       - control: soc2/c1.1
#         strength: supporting
#         rationale: Confidential data on volumes is protected.
#       - control: iso27001/a.8.24
#         strength: partial
#         rationale: Shows that the rule to encrypt data at rest is applied to volumes that are made on demand.
#       - control: nis2/21.2.h
#         strength: partial
#         rationale: Shows the use of encryption for volumes of clusters.
#     layers:
#       pre-commit: enforce
#       ci: enforce
#       admission: enforce
#       runtime: observe
#     cadence: change
#     remediation: "\"Set the provisioner's parameter for encryption to true: encrypted, and for Ceph RBD encryptionKMSID too.\""
#     since: "2026-11-25"
#     inputs: [kubernetes]
package exhibit.policies.storage_class_encrypted

import data.lib.resources

# Parameter that states encryption, by provisioner.
switches := {
	"ebs.csi.aws.com": "encrypted",
	"ebs.csi.eks.amazonaws.com": "encrypted",
	"kubernetes.io/aws-ebs": "encrypted",
	"rook-ceph.rbd.csi.ceph.com": "encrypted",
	"rbd.csi.ceph.com": "encrypted",
	"openshift-storage.rbd.csi.ceph.com": "encrypted",
	"driver.longhorn.io": "encrypted",
	"vpc.block.csi.ibm.io": "encrypted",
}

population contains resources.subject(r) if some r in judged

violations contains resources.violation(r, message, ["parameters", key], fix) if {
	some r in judged
	key := switches[r.values.provisioner]
	values := parameters(r, key)
	not all_true(values)
	message := sprintf("%s makes volumes that are not encrypted: %s is not true.", [r.id, key])
	fix := sprintf(`Set parameters.%s to "true".`, [key])
}

# The EBS driver takes the names of parameters in any case.
parameters(r, key) := [value |
	some name, value in object.get(r.values, "parameters", null)
	lower(name) == key
]

all_true(values) if {
	count(values) > 0
	every value in values { resources.is_true(value) }
}

judged := [r | some r in resources.of_type("storage_class"); switches[r.values.provisioner]]
