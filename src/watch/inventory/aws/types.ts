/** Types of AWS Config of which the library of policies reads more than their tags. A test holds them against the library. */
export const AWS_TYPES = [
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  'AWS::Elasticsearch::Domain',
  'AWS::Kinesis::Stream',
  'AWS::OpenSearch::Domain',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::AccountPublicAccessBlock',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
] as const;
