# METADATA
# title: CloudFormation resource types
# description: |
#   What a type of CloudFormation is in Exhibit's words, and where the properties stand that several sources have.
#   Sources are properties that name what a resource is made from: where one is written, encryption is taken over.
package lib.resources.cloudformation.types

# What is known of a type; an instance of a cluster has the storage of the cluster.
of("AWS::RDS::DBInstance", values) := {"type": "database_member", "attributes": {"public": ["PubliclyAccessible"]}} if {
	cluster := object.get(values, "DBClusterIdentifier", null)
	not cluster in {null, ""}
	not may_be_nothing(cluster)
} else := table["AWS::RDS::DBInstance"]

of(type, _) := object.get(table, type, {}) if type != "AWS::RDS::DBInstance"

# Where a condition may take the property away, the instance may stand alone.
may_be_nothing(value) if {
	walk(value, [_, node])
	node == {"Ref": "AWS::NoValue"}
}

table := object.union_n([databases, storage, other])

cluster := {
	"encrypted": ["StorageEncrypted"],
	"kms_key": ["KmsKeyId"],
	"backup_days": ["BackupRetentionPeriod"],
	"deletion_protection": ["DeletionProtection"],
	"log_exports": ["EnableCloudwatchLogsExports"],
}

search := {"encrypted": ["EncryptionAtRestOptions", "Enabled"], "kms_key": ["EncryptionAtRestOptions", "KmsKeyId"]}

databases := {
	"AWS::RDS::DBInstance": {
		"type": "database",
		"attributes": object.union(cluster, {"public": ["PubliclyAccessible"]}),
		"sources": [
			["SourceDBInstanceIdentifier"], ["SourceDbiResourceId"], ["SourceDBClusterIdentifier"],
			["DBSnapshotIdentifier"], ["DBClusterSnapshotIdentifier"],
		],
	},
	"AWS::RDS::DBCluster": {
		"type": "database",
		"attributes": object.union(cluster, {"engine_mode": ["EngineMode"]}),
		"sources": [["ReplicationSourceIdentifier"], ["SourceDBClusterIdentifier"], ["SnapshotIdentifier"]],
	},
	"AWS::DocDB::DBCluster": {
		"type": "database",
		"attributes": cluster,
		"sources": [["SourceDBClusterIdentifier"], ["SnapshotIdentifier"]],
	},
	"AWS::Neptune::DBCluster": {
		"type": "database",
		"attributes": cluster,
		"sources": [["SourceDBClusterIdentifier"], ["SnapshotIdentifier"]],
	},
	"AWS::Redshift::Cluster": {
		"type": "database",
		"attributes": {
			"encrypted": ["Encrypted"],
			"kms_key": ["KmsKeyId"],
			"backup_days": ["AutomatedSnapshotRetentionPeriod"],
			"public": ["PubliclyAccessible"],
		},
		"sources": [["SnapshotIdentifier"]],
	},
	"AWS::ElastiCache::ReplicationGroup": {
		"type": "database",
		"attributes": {"encrypted": ["AtRestEncryptionEnabled"], "kms_key": ["KmsKeyId"]},
		"sources": [["GlobalReplicationGroupId"]],
	},
	"AWS::Elasticsearch::Domain": {"type": "database", "attributes": search},
	"AWS::OpenSearchService::Domain": {"type": "database", "attributes": search},
	"AWS::DynamoDB::Table": {"type": "database", "attributes": dynamodb, "facts": ["always_encrypted"]},
	"AWS::DynamoDB::GlobalTable": {"type": "database", "facts": ["always_encrypted"]},
	"AWS::Serverless::SimpleTable": {"type": "database", "facts": ["always_encrypted"]},
}

dynamodb := {
	"point_in_time_recovery": ["PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"],
	"deletion_protection": ["DeletionProtectionEnabled"],
}

storage := {
	"AWS::EC2::Volume": {"type": "volume", "attributes": {"encrypted": ["Encrypted"]}, "sources": [["SnapshotId"]]},
	"AWS::EFS::FileSystem": {"type": "volume", "attributes": {"encrypted": ["Encrypted"]}},
	"AWS::EC2::Instance": {"type": "instance", "attributes": {"disks": ["BlockDeviceMappings"]}},
	"AWS::EC2::LaunchTemplate": {
		"type": "instance_template",
		"attributes": {"disks": ["LaunchTemplateData", "BlockDeviceMappings"]},
	},
	"AWS::AutoScaling::LaunchConfiguration": {"type": "instance_template", "attributes": {"disks": ["BlockDeviceMappings"]}},
	"AWS::S3::Bucket": {"type": "bucket", "attributes": {
		"encryption_rules": ["BucketEncryption", "ServerSideEncryptionConfiguration"],
		"public_block": ["PublicAccessBlockConfiguration"],
	}},
}

other := {
	# A queue for which nothing is written has the encryption with keys of the service.
	"AWS::SQS::Queue": {
		"type": "queue",
		"attributes": {"kms_key": ["KmsMasterKeyId"], "managed_encryption": ["SqsManagedSseEnabled"]},
		"facts": ["encrypted_by_default"],
	},
	"AWS::SNS::Topic": {"type": "topic", "attributes": {"kms_key": ["KmsMasterKeyId"]}},
	"AWS::Kinesis::Stream": {"type": "stream", "attributes": {"encryption_type": ["StreamEncryption", "EncryptionType"]}},
	"AWS::Lambda::Function": {"type": "function"},
	"AWS::Serverless::Function": {"type": "function"},
	"AWS::ECS::TaskDefinition": {"type": "task_definition"},
	"AWS::IAM::Role": {"type": "iam_role"},
	"AWS::IAM::Policy": {"type": "iam_policy"},
	"AWS::IAM::ManagedPolicy": {"type": "iam_policy"},
	"AWS::IAM::RolePolicy": {"type": "iam_policy"},
	"AWS::IAM::UserPolicy": {"type": "iam_policy"},
	"AWS::IAM::GroupPolicy": {"type": "iam_policy"},
	"AWS::EC2::SecurityGroup": {"type": "security_group", "attributes": {"ingress": ["SecurityGroupIngress"]}},
	"AWS::EC2::SecurityGroupIngress": {"type": "security_group_rule", "attributes": {"ingress": []}},
}
