import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventsOf } from '../../../src/sources/testing/detection-rules.ts';
import { fixtureText, readText } from '../../../src/sources/testing/read-fixture.ts';
import { CREDENTIALS, type Moto, REGION, startMoto, why as whyNoMoto } from '../events/moto.ts';
import { outputsOf, terraform, why } from './terraform.ts';

const ACCOUNT = '123456789012';
const FEEDS = ['config', 'guardduty', 'guardrails', 'security-hub'];
const outputsSchema = z.object({
  names: z.record(z.string(), z.string()),
  event_patterns: z.record(z.string(), z.string()),
  server_queues: z.array(z.object({ name: z.string(), url: z.string(), format: z.string() })),
});
const queueSchema = z.object({ QueueUrl: z.string() });
const messagesSchema = z.object({ Messages: z.array(z.object({ Body: z.string() })).default([]) });
const sentSchema = z.object({ FailedEntryCount: z.literal(0) });

const json = (name: string): unknown => JSON.parse(fixtureText(name));
const [left = {}] = eventsOf('scp-denial/aws_cloudtrail_attempt_to_leave_org.yml');
const call = (more: object) => ({ ...left, eventTime: '2026-01-20T15:59:33Z', ...more });
const NOT =
  'User: arn:aws:iam::123456789012:user/x is not authorized to perform: organizations:LeaveOrganization with an explicit deny in';

type Event = [source: string, kind: string, detail: unknown];

/** Of each feed one event, in the shape that AWS documents, with details of real files where there are some. */
const TOLD: Readonly<Record<string, Event>> = {
  config: [
    'aws.config',
    'Config Rules Compliance Change',
    {
      ...{ resourceId: 'AROAX', resourceType: 'AWS::IAM::Role', awsRegion: REGION, awsAccountId: ACCOUNT },
      ...{ configRuleName: 'iam-role-x', messageType: 'ComplianceChangeNotification' },
      newEvaluationResult: {
        ...{ complianceType: 'NON_COMPLIANT', resultRecordedTime: '2026-01-17T05:13:49.9Z' },
        annotation: null,
      },
      oldEvaluationResult: null,
      notificationCreationTime: '2026-01-17T05:13:50.188Z',
    },
  ],
  guardduty: [
    'aws.guardduty',
    'GuardDuty Finding',
    {
      ...{ schemaVersion: '2.0', accountId: ACCOUNT, region: REGION, partition: 'aws', id: 'bbbb' },
      arn: `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/aaaa/finding/bbbb`,
      type: 'UnauthorizedAccess:EC2/SSHBruteForce',
      resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0abc', tags: [] } },
      service: {
        ...{ serviceName: 'guardduty', detectorId: 'aaaa', resourceRole: 'TARGET', additionalInfo: {} },
        ...{ eventFirstSeen: '2026-03-01T11:00:00Z', eventLastSeen: '2026-03-01T12:00:00Z' },
        ...{ archived: false, count: 3, action: { actionType: 'NETWORK_CONNECTION' } },
      },
      ...{ severity: 2, createdAt: '2026-03-01T11:05:00.000Z', updatedAt: '2026-03-01T12:05:00.000Z' },
      ...{ title: 'i-0abc is attacked.', description: 'It is attacked.' },
    },
  ],
  guardrails: [
    'aws.organizations',
    'AWS API Call via CloudTrail',
    call({ errorCode: 'AccessDenied', errorMessage: `${NOT} a service control policy` }),
  ],
  'security-hub': [
    'aws.securityhub',
    'Security Hub Findings - Imported',
    { findings: [json('securityhub-event/afsbp-ec2.2.json')] },
  ],
};

/** Events that none of the feeds is to tell of. */
const NOT_TOLD: readonly Event[] = [
  [
    'aws.organizations',
    'AWS API Call via CloudTrail',
    call({ errorCode: 'AccessDenied', errorMessage: `${NOT} an identity-based policy` }),
  ],
  [
    'aws.organizations',
    'AWS API Call via CloudTrail',
    call({ errorCode: undefined, errorMessage: undefined }),
  ],
  ['aws.config', 'Config Configuration Item Change', { configurationItem: {} }],
  ['aws.securityhub', 'Security Hub Findings - Custom Action', { findings: [] }],
  ['com.example', 'GuardDuty Finding', { type: 'Policy:IAMUser/RootCredentialUsage' }],
];

describe.skipIf(terraform === undefined || whyNoMoto !== '')(
  `the events of the module drift-feeds${why}${whyNoMoto}`,
  () => {
    let moto: Moto;
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(() => moto.stop());

    async function ask(service: 'events' | 'sqs', operation: string, body: object): Promise<unknown> {
      const answer = await fetch(moto.endpoint, {
        method: 'POST',
        headers: {
          'content-type': `application/x-amz-json-1.${service === 'sqs' ? 0 : 1}`,
          'x-amz-target': `${service === 'sqs' ? 'AmazonSQS' : 'AWSEvents'}.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20270101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${text}`);
      return text === '' ? {} : JSON.parse(text);
    }

    it('come into their queue, each as the server reads it, and no others', async () => {
      const { names, event_patterns, server_queues } = outputsSchema.parse(
        await outputsOf('drift-feeds/modules/feeds', { account_id: ACCOUNT, region: REGION, feeds: FEEDS }),
      );
      const urls = new Map<string, string>();
      for (const feed of FEEDS) {
        const Name = names[feed] ?? '';
        const { QueueUrl } = queueSchema.parse(await ask('sqs', 'CreateQueue', { QueueName: Name }));
        urls.set(feed, QueueUrl);
        await ask('events', 'PutRule', { Name, EventPattern: event_patterns[feed] });
        const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${Name}`;
        await ask('events', 'PutTargets', { Rule: Name, Targets: [{ Id: 'queue', Arn }] });
      }
      for (const [Source, DetailType, detail] of [...Object.values(TOLD), ...NOT_TOLD])
        sentSchema.parse(
          await ask('events', 'PutEvents', {
            Entries: [{ Source, DetailType, Detail: JSON.stringify(detail) }],
          }),
        );
      for (const { name, format } of server_queues) {
        const { Messages } = messagesSchema.parse(
          await ask('sqs', 'ReceiveMessage', { QueueUrl: urls.get(name), MaxNumberOfMessages: 10 }),
        );
        expect(
          Messages.map(
            ({ Body }) => z.looseObject({ 'detail-type': z.string() }).parse(JSON.parse(Body))['detail-type'],
          ),
        ).toEqual([TOLD[name]?.[1]]);
        const { detected, outcomes, problems } = await readText(Messages[0]?.Body ?? '', 'event.json');
        expect({ name, format: detected.source.id, problems }).toEqual({ name, format, problems: [] });
        expect(outcomes).toHaveLength(1);
      }
    });
  },
);
