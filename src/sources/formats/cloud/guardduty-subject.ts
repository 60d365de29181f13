import { type Json, objectOf, textOf } from '../unpack.ts';

/** Where GuardDuty saw it. */
export interface Seen {
  account: string | undefined;
  region: string | undefined;
  /** Of the finding. */
  arn: string | undefined;
}

interface Subject {
  type: string;
  id: string;
  name?: string;
}

/** Resources that name themselves by an ARN: member, where the ARN is in it, and their type as Security Hub calls it. */
const BY_ARN: readonly [member: string, arn: string, type: string][] = [
  ['s3BucketDetails', 'arn', 'AwsS3Bucket'],
  ['eksClusterDetails', 'arn', 'AwsEksCluster'],
  ['ecsClusterDetails', 'arn', 'AwsEcsCluster'],
  ['rdsDbInstanceDetails', 'dbInstanceArn', 'AwsRdsDbInstance'],
  ['rdsLimitlessDbDetails', 'dbShardGroupArn', 'AwsRdsDbShardGroup'],
  ['lambdaDetails', 'functionArn', 'AwsLambdaFunction'],
  ['ebsSnapshotDetails', 'snapshotArn', 'AwsEc2Snapshot'],
  ['ec2ImageDetails', 'imageArn', 'AwsEc2Image'],
  ['recoveryPointDetails', 'recoveryPointArn', 'AwsBackupRecoveryPoint'],
];
/** The member that a resource type is about, where others stand beside it: a bucket, and the key by which it was read. */
const ABOUT: Readonly<Record<string, string>> = {
  S3Bucket: 's3BucketDetails',
  S3Object: 's3BucketDetails',
  EKSCluster: 'eksClusterDetails',
  ECSCluster: 'ecsClusterDetails',
  RDSDBInstance: 'rdsDbInstanceDetails',
  RDSLimitlessDB: 'rdsLimitlessDbDetails',
  Lambda: 'lambdaDetails',
  EBSSnapshot: 'ebsSnapshotDetails',
  EC2Image: 'ec2ImageDetails',
};

/**
 * What a finding of GuardDuty is about, named as Security Hub names it where that can be told, so that both speak of one subject; the
 * account where it names nothing that is known here. A key that was used is named by its owner: the key's own id is cut out of records.
 * @param resource of the finding; its names come from whoever made the resource
 */
export function subjectOf(resource: Json | undefined, { account, region, arn }: Seen): Subject {
  const type = textOf(resource?.resourceType) ?? '';
  const partition = /^arn:([\w-]+):/.exec(arn ?? '')?.[1] ?? 'aws';
  const own = ABOUT[type];
  const listed = BY_ARN.filter(([member]) => member === own);
  for (const [member, name, kind] of listed) {
    const found = arnIn(resource?.[member], name);
    if (found !== undefined) return { type: kind, id: found };
  }
  const instance = textOf(objectOf(resource?.instanceDetails)?.instanceId);
  if (instance !== undefined) {
    const id = `arn:${partition}:ec2:${region ?? ''}:${account ?? ''}:instance/${instance}`;
    return { type: 'AwsEc2Instance', id, name: instance };
  }
  if (type === 'AccessKey') {
    const user = userOf(objectOf(resource?.accessKeyDetails), partition, account);
    if (user !== undefined) return user;
  }
  for (const [member, name, kind] of BY_ARN) {
    const found = arnIn(resource?.[member], name);
    if (found !== undefined) return { type: kind, id: found };
  }
  return { type: 'AwsAccount', id: `AWS::::Account:${account ?? 'unknown'}` };
}

/** Of several buckets the first: GuardDuty lists those of one request. */
function arnIn(details: unknown, name: string): string | undefined {
  const [first] = Array.isArray(details) ? (details as unknown[]) : [details];
  return textOf(objectOf(first)?.[name]);
}

function userOf(key: Json | undefined, partition: string, account: string | undefined): Subject | undefined {
  const name = textOf(key?.userName);
  const iam = `arn:${partition}:iam::${account ?? ''}`;
  switch (textOf(key?.userType)) {
    case 'Root':
      return { type: 'AwsAccount', id: `${iam}:root` };
    case 'IAMUser':
      return name === undefined ? undefined : { type: 'AwsIamUser', id: `${iam}:user/${name}`, name };
    case 'AssumedRole':
    case 'Role':
      return name === undefined ? undefined : { type: 'AwsIamRole', id: `${iam}:role/${name}`, name };
    default:
      return name === undefined ? undefined : { type: 'AwsIamPrincipal', id: `${iam}:${name}`, name };
  }
}
