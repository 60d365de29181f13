# METADATA
# title: Resource types of AWS Config
# description: |
#   What a type is in Exhibit's words, and where an item holds the properties that several sources have. Names are those
#   of the schema of AWS Config (awslabs/aws-config-resource-schema): some types follow the service's API, some
#   follow CloudFormation.
package lib.resources.aws_config.types

# What is known of a type; an instance of a cluster has the storage of the cluster.
of("AWS::RDS::DBInstance", values) := {"type": "database_member", "attributes": {"public": ["configuration", "publiclyAccessible"]}} if {
	some key in ["dBClusterIdentifier", "dbclusterIdentifier"]
	not object.get(values.configuration, key, null) in {null, ""}
} else := table["AWS::RDS::DBInstance"]

of(type, _) := object.get(table, type, {}) if type != "AWS::RDS::DBInstance"

cluster := {
	"encrypted": ["configuration", "storageEncrypted"],
	"kms_key": ["configuration", "kmsKeyId"],
	"backup_days": ["configuration", "backupRetentionPeriod"],
	"deletion_protection": ["configuration", "deletionProtection"],
	"log_exports": ["configuration", "enabledCloudwatchLogsExports"],
	"engine_mode": ["configuration", "engineMode"],
}

search := {"type": "database", "attributes": {"encrypted": ["configuration", "EncryptionAtRestOptions", "Enabled"]}}

table := {
	"AWS::RDS::DBInstance": {
		"type": "database",
		"attributes": object.union(object.remove(cluster, ["engine_mode"]), {"public": ["configuration", "publiclyAccessible"]}),
	},
	"AWS::RDS::DBCluster": {"type": "database", "attributes": cluster},
	"AWS::Redshift::Cluster": {"type": "database", "attributes": {
		"encrypted": ["configuration", "encrypted"],
		"kms_key": ["configuration", "kmsKeyId"],
		"backup_days": ["configuration", "automatedSnapshotRetentionPeriod"],
		"public": ["configuration", "publiclyAccessible"],
	}},
	"AWS::OpenSearch::Domain": search,
	"AWS::Elasticsearch::Domain": {"type": "database", "attributes": {"encrypted": ["configuration", "encryptionAtRestOptions", "enabled"]}},
	"AWS::DynamoDB::Table": {"type": "database", "facts": ["always_encrypted"]},
	"AWS::EC2::Volume": {"type": "volume", "attributes": {"encrypted": ["configuration", "encrypted"]}},
	"AWS::EFS::FileSystem": {"type": "volume", "attributes": {"encrypted": ["configuration", "Encrypted"]}},
	"AWS::S3::Bucket": {"type": "bucket", "attributes": {
		"encryption_rules": ["supplementaryConfiguration", "ServerSideEncryptionConfiguration", "rules"],
		"public_block": ["supplementaryConfiguration", "PublicAccessBlockConfiguration"],
	}},
	"AWS::S3::AccountPublicAccessBlock": {"type": "account_public_block", "attributes": {"public_block": ["configuration"]}},
	"AWS::SQS::Queue": {"type": "queue", "attributes": {
		"kms_key": ["configuration", "KmsMasterKeyId"],
		"managed_encryption": ["configuration", "SqsManagedSseEnabled"],
	}},
	"AWS::SNS::Topic": {"type": "topic", "attributes": {"kms_key": ["configuration", "KmsMasterKeyId"]}},
	"AWS::Kinesis::Stream": {"type": "stream", "attributes": {"encryption_type": ["configuration", "StreamEncryption", "EncryptionType"]}},
	"AWS::EC2::SecurityGroup": {"type": "security_group", "attributes": {"ingress": ["configuration", "ipPermissions"]}},
}
