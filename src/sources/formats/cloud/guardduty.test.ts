import { describe, expect, it } from 'vitest';
import { plainName } from '../../records/clean.ts';
import { controlIds } from '../../testing/control-ids.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';

const ARN = 'arn:aws:guardduty:eu-west-1:123456789012:detector/aaaa/finding/bbbb';
/** In the shape of the API reference: `Finding`, `Resource`, `Service`. */
const finding = (over: Record<string, unknown> = {}, service: Record<string, unknown> = {}) => ({
  schemaVersion: '2.0',
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  id: 'bbbb',
  arn: ARN,
  type: 'UnauthorizedAccess:EC2/SSHBruteForce',
  resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0abc', tags: [] } },
  service: {
    serviceName: 'guardduty',
    detectorId: 'aaaa',
    action: { actionType: 'NETWORK_CONNECTION', networkConnectionAction: { blocked: false } },
    resourceRole: 'TARGET',
    additionalInfo: {},
    eventFirstSeen: '2026-03-01T11:00:00Z',
    eventLastSeen: '2026-03-01T12:00:00Z',
    archived: false,
    count: 3,
    ...service,
  },
  severity: 2,
  createdAt: '2026-03-01T11:05:00.000Z',
  updatedAt: '2026-03-01T12:05:00.000Z',
  title: '203.0.113.7 is performing SSH brute force attacks against i-0abc.',
  description: 'The instance is attacked.',
  ...over,
});
const event = (detail: unknown, over: Record<string, unknown> = {}) => ({
  ...{ version: '0', id: 'e-1', 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty' },
  ...{ account: '123456789012', time: '2026-03-01T12:06:00Z', region: 'eu-west-1', resources: [], detail },
  ...over,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');
const one = async (value: unknown) => {
  const { outcomes, problems } = await read(value);
  expect(problems).toEqual([]);
  expect(outcomes).toHaveLength(1);
  return outcomes[0];
};

describe('GuardDuty, by itself', () => {
  it('reads an event of EventBridge: check, subject, severity, times and count', async () => {
    const { detected } = await read(event(finding()));
    expect(detected).toMatchObject({
      source: { id: 'guardduty' },
      why: 'it is an event GuardDuty Finding of aws.guardduty',
      also: [],
    });
    expect(await one(event(finding()))).toMatchObject({
      check: 'UnauthorizedAccess:EC2-SSHBruteForce',
      subject: {
        type: 'AwsEc2Instance',
        id: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc',
        name: 'i-0abc',
      },
      verdict: 'fail',
      severity: 'low',
      observed_at: '2026-03-01T12:00:00.000Z',
      details: {
        account: '123456789012',
        finding_type: 'UnauthorizedAccess:EC2/SSHBruteForce',
        role: 'TARGET',
        action: 'NETWORK_CONNECTION',
        count: 3,
        first_seen: '2026-03-01T11:00:00.000Z',
      },
    });
  });

  it('names check, subject and severity as Security Hub’s form of it does', async () => {
    const hub = await readFixture('asff/guardduty.json');
    const [, , brute] = hub.outcomes;
    const own = await one(
      event(
        finding({
          region: 'us-east-1',
          resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-1234567890' } },
        }),
      ),
    );
    expect([own?.check, own?.subject.id, own?.subject.type]).toEqual([
      brute?.check,
      brute?.subject.id,
      brute?.subject.type,
    ]);
    expect(own?.severity).toBe(brute?.severity);
  });

  it('reads lists of the command line and exported lines, which are the same findings', async () => {
    const upper = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(upper)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value).map(([key, each]) => [
                key.charAt(0).toUpperCase() + key.slice(1),
                upper(each),
              ]),
            )
          : value;
    const expected = await one(event(finding()));
    expect(await one({ Findings: [upper(finding())] })).toEqual(expected);
    expect(await one(finding())).toEqual(expected);
    const lines = await readText(
      `${JSON.stringify(finding())}\n${JSON.stringify(finding({ id: 'cccc' }))}\n`,
      'a.jsonl',
    );
    expect(lines.outcomes).toHaveLength(2);
  });

  it.each([
    [1, 'low'],
    [3.9, 'low'],
    [4, 'medium'],
    [6.9, 'medium'],
    [7, 'high'],
    [8.9, 'high'],
    [9, 'critical'],
    [10, 'critical'],
  ])('severity %d is %s', async (severity, word) => {
    expect((await one(event(finding({ severity }))))?.severity).toBe(word);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'a bucket, and not the instance or the key by which it was read',
      {
        resourceType: 'S3Bucket',
        accessKeyDetails: { userType: 'IAMUser', userName: 'ada' },
        instanceDetails: { instanceId: 'i-0abc' },
        s3BucketDetails: [{ arn: 'arn:aws:s3:::logs', name: 'logs' }],
      },
      'AwsS3Bucket',
      'arn:aws:s3:::logs',
    ],
    [
      'the user of a key',
      {
        resourceType: 'AccessKey',
        accessKeyDetails: {
          accessKeyId: 'GeneratedFindingAccessKeyId',
          userType: 'IAMUser',
          userName: 'ada',
        },
      },
      'AwsIamUser',
      'arn:aws:iam::123456789012:user/ada',
    ],
    [
      'the role of a key',
      { resourceType: 'AccessKey', accessKeyDetails: { userType: 'AssumedRole', userName: 'deploy' } },
      'AwsIamRole',
      'arn:aws:iam::123456789012:role/deploy',
    ],
    [
      'the root user',
      { resourceType: 'AccessKey', accessKeyDetails: { userType: 'Root', userName: 'Root' } },
      'AwsAccount',
      'arn:aws:iam::123456789012:root',
    ],
    [
      'a cluster',
      {
        resourceType: 'EKSCluster',
        eksClusterDetails: { arn: 'arn:aws:eks:eu-west-1:123456789012:cluster/shop', name: 'shop' },
        kubernetesDetails: { kubernetesUserDetails: { username: 'system:anonymous' } },
      },
      'AwsEksCluster',
      'arn:aws:eks:eu-west-1:123456789012:cluster/shop',
    ],
    [
      'a database',
      {
        resourceType: 'RDSDBInstance',
        rdsDbInstanceDetails: { dbInstanceArn: 'arn:aws:rds:eu-west-1:123456789012:db:shop' },
      },
      'AwsRdsDbInstance',
      'arn:aws:rds:eu-west-1:123456789012:db:shop',
    ],
    [
      'a function',
      {
        resourceType: 'Lambda',
        lambdaDetails: { functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:pay' },
      },
      'AwsLambdaFunction',
      'arn:aws:lambda:eu-west-1:123456789012:function:pay',
    ],
    [
      'the account, of what is not known here',
      { resourceType: 'Novelty' },
      'AwsAccount',
      'AWS::::Account:123456789012',
    ],
  ])('is about %s', async (_name, resource, type, id) => {
    expect((await one(event(finding({ resource }))))?.subject).toMatchObject({ type, id });
  });

  it('archived is somebody’s decision not to look, and no pass', async () => {
    expect(await one(finding({}, { archived: true }))).toMatchObject({
      verdict: 'fail',
      suppressed: { kind: 'archived in GuardDuty' },
    });
  });

  it('a sample says nothing of what it names; a title alone makes none', async () => {
    const title = '[SAMPLE] an attack';
    const info = { sample: true };
    expect(await one(finding({ title }, { additionalInfo: info }))).toMatchObject({
      verdict: 'not_evaluated',
      details: { sample: true },
    });
    const text = { type: 'default', value: '{"sample":true}' };
    expect((await one(finding({ title }, { additionalInfo: text })))?.verdict).toBe('not_evaluated');
    expect((await one(finding({ title })))?.verdict).toBe('fail');
    expect((await one(finding({ title, service: { count: 1 } })))?.verdict).toBe('fail');
  });

  it('what happens again is told again, and the same state is not', async () => {
    const ids = await Promise.all(
      [finding(), finding(), finding({ updatedAt: '2026-03-01T13:00:00Z' }, { count: 4 })].map(
        async (each) => (await one(event(each)))?.source_id,
      ),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('has the names that the control map links, in records too', async () => {
    const known = controlIds('guardduty');
    for (const type of ['Backdoor:EC2/C&CActivity.B!DNS', 'Trojan:EC2/DGADomainRequest.C!DNS']) {
      const found = await one(event(finding({ type })));
      expect(known).toContain(plainName(`guardduty/${found?.check}`));
    }
    // What Security Hub makes of findings is linked by the same names.
    const hub = await readFixture('asff/guardduty.json');
    for (const { check } of hub.outcomes) expect(known).toContain(`guardduty/${check}`);
    for (const id of known) expect(plainName(id)).toBe(id);
  });

  it('takes no other event, and says what is damaged', async () => {
    await expect(read(event(finding(), { source: 'aws.securityhub' }))).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
    });
    const { problems, outcomes } = await read(event(finding({ severity: 'high' })));
    expect([problems.length, outcomes.length]).toEqual([1, 0]);
    expect(problems[0]?.message).toContain('severity');
  });
});
