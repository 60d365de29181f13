# METADATA
# title: Custom resources of Crossplane and ACK
# description: |
#   Cloud resources that are declared as Kubernetes objects. Crossplane (community and Upbound providers, of a cluster or
#   of a namespace) writes the cloud's arguments under spec.forProvider, ACK under spec. `base` is that path.
package lib.resources.kubernetes.cloud

# Kinds with their group.
table := object.union_n([databases, volumes, buckets, queues, groups])

# Whether a group is one of those in the table: no other kind of a cluster has such a group.
provides(group) if {
	some provider in [".crossplane.io", ".upbound.io", ".services.k8s.aws"]
	endswith(group, provider)
}

entry(type, base, attributes, sources) := {
	"type": type,
	"base": base,
	"attributes": {name: array.concat(base, at) | some name, at in attributes},
	"sources": [array.concat(base, [key]) | some key in sources],
}

crossplane := ["spec", "forProvider"]

ack := ["spec"]

rds := {
	"encrypted": ["storageEncrypted"],
	"backup_days": ["backupRetentionPeriod"],
	"deletion_protection": ["deletionProtection"],
	"public": ["publiclyAccessible"],
}

# An instance has no engine mode: what is written there is pruned, and says nothing.
cluster := object.union(rds, {"engine_mode": ["engineMode"]})

arguments(kind) := rds if {
	split(kind, ".")[0] in {"RDSInstance", "DBInstance", "Instance"}
} else := cluster

# What a database or a cluster is made from. The reference to another object stands beside the name.
rds_sources := ["sourceDBInstanceIdentifier", "sourceDBInstanceIdentifierRef", "sourceDBClusterIdentifier", "replicationSourceIdentifier", "replicationSourceIdentifierRef"]

upbound_sources := ["replicateSourceDb", "replicateSourceDbRef", "replicateSourceDbSelector", "replicationSourceIdentifier"]

databases := object.union_n([
	{kind: entry("database", crossplane, object.union(arguments(kind), {"kms_key": ["kmsKeyID"], "log_exports": ["enableCloudwatchLogsExports"]}), rds_sources) |
		some kind in ["RDSInstance.database.aws.crossplane.io", "DBInstance.rds.aws.crossplane.io", "DBCluster.rds.aws.crossplane.io"]
	},
	{kind: entry("database", crossplane, object.union(arguments(kind), {"kms_key": ["kmsKeyId"], "log_exports": ["enabledCloudwatchLogsExports"]}), upbound_sources) |
		some name in ["Instance", "Cluster"]
		some group in ["rds.aws.upbound.io", "rds.aws.m.upbound.io"]
		kind := concat(".", [name, group])
	},
	{kind: entry("database", ack, object.union(arguments(kind), {"kms_key": ["kmsKeyID"], "log_exports": ["enableCloudwatchLogsExports"]}), array.concat(rds_sources, ["dbSnapshotIdentifier", "snapshotIdentifier"])) |
		some kind in ["DBInstance.rds.services.k8s.aws", "DBCluster.rds.services.k8s.aws"]
	},
	{kind: object.union(entry("database", base, {}, []), {"facts": ["always_encrypted"]}) |
		some kind, base in {
			"Table.dynamodb.aws.crossplane.io": crossplane,
			"Table.dynamodb.aws.upbound.io": crossplane,
			"Table.dynamodb.aws.m.upbound.io": crossplane,
			"Table.dynamodb.services.k8s.aws": ack,
		}
	},
])

volumes := {kind: entry("volume", base, {"encrypted": ["encrypted"]}, sources) |
	some kind, [base, sources] in {
		"Volume.ec2.aws.crossplane.io": [crossplane, ["snapshotId", "snapshotID"]],
		"EBSVolume.ec2.aws.upbound.io": [crossplane, ["snapshotId"]],
		"EBSVolume.ec2.aws.m.upbound.io": [crossplane, ["snapshotId"]],
		"FileSystem.efs.aws.crossplane.io": [crossplane, []],
		"FileSystem.efs.aws.upbound.io": [crossplane, []],
		"FileSystem.efs.aws.m.upbound.io": [crossplane, []],
		"FileSystem.efs.services.k8s.aws": [ack, []],
	}
}

# The buckets of Upbound are configured by objects of their own, so a bucket alone says nothing.
buckets := {
	"Bucket.s3.aws.crossplane.io": entry(
		"bucket", crossplane, {
			"encryption_rules": ["serverSideEncryptionConfiguration", "rules"],
			"public_block": ["publicAccessBlockConfiguration"],
		},
		[],
	),
	"Bucket.s3.services.k8s.aws": entry(
		"bucket", ack, {
			"encryption_rules": ["encryption", "rules"],
			"public_block": ["publicAccessBlock"],
		},
		[],
	),
	"Bucket.s3.aws.upbound.io": object.union(entry("bucket", crossplane, {}, []), {"facts": ["configured_elsewhere"]}),
	"Bucket.s3.aws.m.upbound.io": object.union(entry("bucket", crossplane, {}, []), {"facts": ["configured_elsewhere"]}),
}

queues := object.union_n([
	{kind: entry("queue", crossplane, {"kms_key": ["kmsMasterKeyId"], "managed_encryption": ["sqsManagedSseEnabled"]}, []) |
		some kind in ["Queue.sqs.aws.crossplane.io", "Queue.sqs.aws.upbound.io", "Queue.sqs.aws.m.upbound.io"]
	},
	{"Queue.sqs.services.k8s.aws": entry("queue", ack, {"kms_key": ["kmsMasterKeyID"], "managed_encryption": ["sqsManagedSSEEnabled"]}, [])},
	{kind: entry("topic", crossplane, {"kms_key": ["kmsMasterKeyId"]}, []) |
		some kind in ["Topic.sns.aws.crossplane.io", "Topic.sns.aws.upbound.io", "Topic.sns.aws.m.upbound.io"]
	},
	{"Topic.sns.services.k8s.aws": entry("topic", ack, {"kms_key": ["kmsMasterKeyID"]}, [])},
	{kind: entry("stream", crossplane, {"encryption_type": ["encryptionType"]}, []) |
		some kind in ["Stream.kinesis.aws.upbound.io", "Stream.kinesis.aws.m.upbound.io"]
	},
])

groups := object.union_n([
	{"SecurityGroup.ec2.aws.crossplane.io": entry("security_group", crossplane, {"ingress": ["ingress"]}, [])},
	{"SecurityGroup.ec2.services.k8s.aws": entry("security_group", ack, {"ingress": ["ingressRules"]}, [])},
	{kind: entry("security_group_rule", crossplane, {"ingress": []}, []) |
		some name in ["SecurityGroupRule", "SecurityGroupIngressRule"]
		some group in ["ec2.aws.upbound.io", "ec2.aws.m.upbound.io"]
		kind := concat(".", [name, group])
	},
])

# Arguments that another object gives: kmsKeyIdRef or kmsKeyIdSelector stands for kmsKeyId, where that is not written. Its
# value is known in the cluster only.
referred(object_, base) := {array.concat(base, [name]) |
	some key, value in object.get(object_, base, {})
	some suffix in ["Ref", "Selector"]
	endswith(key, suffix)
	name := trim_suffix(key, suffix)
	object.get(object_, array.concat(base, [name]), null) == null
	names_object(suffix, value)
}

names_object("Ref", value) if is_name(value.name)

# ACK.
names_object("Ref", value) if is_name(value.from.name)

names_object("Selector", value) if {
	is_object(value)
	count(value) > 0
}

is_name(text) if {
	is_string(text)
	text != ""
}
