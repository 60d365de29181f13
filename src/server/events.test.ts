import { execFileSync } from 'node:child_process';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openReader } from '../ledger/index.ts';
import type { EvidenceRecord } from '../record/index.ts';
import { type Given, type Harness, harness } from './testing/harness.ts';

const DATA = join(import.meta.dirname, '../sources/testdata');
const fixture = (name: string) => readFileSync(join(DATA, name), 'utf8');
const hash = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const NOON = Date.parse('2026-03-01T12:00:00Z');

/** As Falco's page on its outputs shows it. */
const shell = (second: number, pod = 'kubecon', more: Record<string, unknown> = {}) => ({
  hostname: 'falco-xczjd',
  output: `13:44:${String(second).padStart(2, '0')}.478445995: Critical A shell was spawned in a container`,
  priority: 'Critical',
  rule: 'Terminal shell in container',
  source: 'syscall',
  tags: ['container', 'mitre_execution', 'shell'],
  time: new Date(NOON - 60_000 + second * 1_000).toISOString(),
  output_fields: {
    'container.id': 'ee97d9c4186f',
    'k8s.ns.name': 'default',
    'k8s.pod.name': pod,
    'proc.cmdline': 'sh -c clear; (bash || ash || sh)',
    'user.name': 'root',
    'user.loginuid': -1,
  },
  ...more,
});

let at: Harness;
let now = NOON;
const start = async (events: NonNullable<Given['events']> = {}, more: Parameters<typeof harness>[2] = {}) => {
  now = NOON;
  at = await harness({ events }, () => now, more);
};
const post = (format: string, body: unknown, init: RequestInit & { token?: string | null } = {}) =>
  at.send(`/v1/events/${format}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
const took = async (format: string, body: unknown, init: RequestInit & { token?: string | null } = {}) => {
  const response = await post(format, body, init);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Record<string, unknown>;
};
const decisions = (records: readonly EvidenceRecord[]) =>
  records.filter(({ record_type }) => record_type === 'decision');
const shape = ({ policy_id, subject_id, verdict, emitter }: EvidenceRecord) => [
  emitter,
  policy_id,
  subject_id,
  verdict,
];

afterEach(() => at.remove());

describe('events of other tools', () => {
  it('takes an event of Falco as a decision and a run, with its sender, and the same again adds nothing', async () => {
    await start();
    expect(await took('falco', shell(5))).toMatchObject({ events: 1, problems: 0, unread: [] });
    now += 90_000;
    await took('falco', shell(5));
    const records = await at.records();
    expect(decisions(records).map(shape)).toEqual([
      ['ci/shop', 'falco/Terminal shell in container', 'Pod/default/kubecon', 'fail'],
    ]);
    const [own] = decisions(records);
    expect(own).toMatchObject({
      layer: 'runtime',
      tool: 'falco',
      format: 'falco',
      severity: 'critical',
      disposition: 'observed',
      observed_at: '2026-03-01T11:59:05.000Z',
    });
    expect(JSON.stringify(own)).not.toContain('"root"');
    const runs = records.filter(({ record_type, tool }) => record_type === 'run' && tool === 'falco');
    expect(runs.map(({ run_total, actor_verified_by }) => [run_total, actor_verified_by])).toEqual([
      [1, 'token'],
    ]);
  });

  it('half a character in a name keeps no event of its batch from the record', async () => {
    await start();
    const odd = JSON.stringify([shell(5), shell(6, 'odd-pod', { rule: 'RULE' })]).replace(
      'RULE',
      'A rule \\ud83d',
    );
    expect(await took('falco', odd)).toMatchObject({ events: 2 });
    expect(decisions(await at.records())).toHaveLength(2);
  });

  it('knows an event by its own bytes, whether it comes alone, in lines or in a list', async () => {
    await start();
    const all = [1, 2, 3].map((second) => shell(second));
    await took('falco', all);
    await took('falco', all.map((each) => JSON.stringify(each)).join('\n'));
    for (const each of all) await took('falco', each);
    expect(decisions(await at.records())).toHaveLength(3);
  });

  it('takes what falcosidekick sends on, under the emitter that the path names', async () => {
    await start();
    const event = shell(7, 'web', { uuid: '6d8c1a1e-2f5b-4f7e-9f3a-1f1f0c1d2e3f' });
    await took('falco/ci/shop', event);
    expect((await post('falco/ci/other', event)).status).toBe(403);
    expect(decisions(await at.records())[0]?.details?.source_id).toBe('6d8c1a1e-2f5b-4f7e-9f3a-1f1f0c1d2e3f');
  });

  it.each([
    ['asff', 'securityhub-event/event-securityhub-iamkey-finding-action.json', 'securityhub'],
    ['aws-config-compliance', 'aws-config/config.GetComplianceDetailsByConfigRule_1.json', 'aws-config'],
    ['defender', 'defender/DefenderTest.test_azure_defender_assessments.json', 'defender'],
  ])('reads %s with the reader of reports', async (format, file, tool) => {
    await start();
    const taken = await took(format, fixture(file));
    expect(taken.unread).toEqual([]);
    const records = decisions(await at.records());
    expect(records.length).toBeGreaterThan(0);
    expect(records.every(({ verdict }) => verdict !== 'error')).toBe(true);
    expect(records[0]?.policy_id).toMatch(new RegExp(`^(${tool}|guardduty)`));
  });

  it('reads what GuardDuty sends by EventBridge itself, once', async () => {
    await start();
    const detail = {
      ...{ schemaVersion: '2.0', accountId: '123456789012', region: 'eu-west-1', id: 'f-1' },
      arn: 'arn:aws:guardduty:eu-west-1:123456789012:detector/a/finding/f-1',
      ...{ type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS', severity: 8, title: 'i-0abc asks for a pool.' },
      resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0abc' } },
      service: { archived: false, count: 1, eventLastSeen: '2026-03-01T12:00:00Z' },
      ...{ createdAt: '2026-03-01T12:00:00Z', updatedAt: '2026-03-01T12:00:00Z' },
    };
    const event = { 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', detail };
    await took('auto', event);
    await took('auto', event);
    const records = decisions(await at.records());
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      ...{ format: 'guardduty', layer: 'runtime', verdict: 'fail', severity: 'high' },
      policy_id: 'guardduty/CryptoCurrency:EC2-BitcoinTool.B!DNS',
      subject_id: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc',
    });
  });

  it('reads a list of alerts that Prisma Cloud’s webhook sends', async () => {
    await start();
    const alert = (alertId: string, alertStatus: string) => ({
      alertId,
      alertStatus,
      policyId: '9d7e35b7-d08c-4ca5-a6a0-1d1ee5d8f2e2',
      policyName: 'AWS S3 bucket is public',
      severity: 'high',
      resourceId: 'arn:aws:s3:::logs',
      resourceName: 'logs',
      resourceType: 'BUCKET',
      alertTs: NOON,
    });
    await took('prisma-cloud', [alert('P-1', 'open'), alert('P-2', 'resolved')]);
    expect(decisions(await at.records()).map(({ verdict, details }) => [verdict, details?.alert])).toEqual([
      ['fail', 'P-1'],
      ['not_evaluated', 'P-2'],
    ]);
  });

  it('reads a notification of Security Command Center out of a Pub/Sub push, whatever its delivery attempt', async () => {
    await start();
    const push = (attempt: number) => ({
      deliveryAttempt: attempt,
      message: {
        data: Buffer.from(fixture('gcp-scc/network-finding.json')).toString('base64'),
        messageId: '136969346945',
      },
      subscription: 'projects/myproject/subscriptions/mysubscription',
    });
    await took('auto', push(1));
    await took('gcp-scc', push(1));
    expect(decisions(await at.records()).map(shape)).toEqual([
      [
        'ci/shop',
        'gcp-scc/FLOW_LOGS_DISABLED',
        '//compute.googleapis.com/projects/cloud-custodian/regions/asia-northeast1/subnetworks/a22222222222222222',
        'fail',
      ],
    ]);
  });

  it('answers the questions of Event Grid and of CloudEvents before anything is sent', async () => {
    await start();
    const question = [
      {
        id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
        topic: '/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
        subject: '',
        data: {
          validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
          validationUrl: 'https://rp-eastus2.eventgrid.azure.net/',
        },
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        eventTime: '2018-01-25T22:12:19.4556811Z',
        metadataVersion: '1',
        dataVersion: '1',
      },
    ];
    expect(await took('azure-policy', question)).toEqual({
      validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
    });
    expect((await post('azure-policy', question, { token: null })).status).toBe(401);
    const options = await at.send('/v1/events/azure-policy', {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    expect(options.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
    expect(decisions(await at.records())).toEqual([]);
  });

  it('keeps what it cannot read as a gap, without its secrets, and refuses what is no event at all', async () => {
    await start();
    expect((await post('falco', 'hello')).status).toBe(400);
    expect((await post('falco', '')).status).toBe(400);
    expect((await post('no-such-format', shell(1))).status).toBe(404);
    const odd = { hello: 'world', password: 'hunter2hunter2', 'detail-type': 'GuardDuty Finding' };
    expect(await took('auto', odd)).toMatchObject({
      events: 1,
      unread: [{ event: 0, code: 'INPUT_FORMAT' }],
    });
    await took('auto', odd);
    // Beside an event that is one: the others are taken.
    expect(await took('falco', `${JSON.stringify(shell(1))}\n{"rule": \n`)).toMatchObject({
      events: 2,
      unread: [{ event: 1, code: 'INPUT_SYNTAX' }],
    });
    const records = await at.records();
    const gaps = records.filter(
      ({ record_type, details }) => record_type === 'gap' && details?.kind === 'event unread',
    );
    expect(gaps).toHaveLength(2);
    expect(decisions(records)).toHaveLength(1);
    const reader = await openReader(join(at.folder, 'evidence'));
    const copy = Buffer.from(await reader.blob(gaps[0]?.input_ref as `sha256:${string}`)).toString();
    await reader.close();
    expect(copy).toContain('world');
    expect(copy).not.toContain('hunter2');
  });

  it('says it as an error where an event of the format lacks what it must have', async () => {
    await start();
    expect(await took('falco', { priority: 'Critical', output: 'no rule is named' })).toMatchObject({
      problems: 1,
    });
    expect(decisions(await at.records()).map(({ verdict, policy_id }) => [verdict, policy_id])).toEqual([
      ['error', 'exhibit/input'],
    ]);
  });

  it('counts one day’s repetition of what has neither time nor id as the same, and the next day’s as new', async () => {
    await start();
    const { value } = JSON.parse(fixture('defender/report_one_vuln.json')) as { value?: unknown[] };
    const assessment = value?.[0] ?? JSON.parse(fixture('defender/report_one_vuln.json'));
    await took('defender', assessment as object);
    await took('defender', assessment as object);
    now += 86_400_000;
    await took('defender', assessment as object);
    expect(decisions(await at.records())).toHaveLength(2);
  });
});

describe('senders without a token', () => {
  const senders = [
    {
      name: 'wiz',
      emitter: 'wiz@cloud',
      formats: ['wiz'],
      header: 'X-Wiz-Secret',
      hashes: [hash('old one'), hash('new one')],
    },
    {
      name: 'prisma',
      emitter: 'prisma@cloud',
      formats: ['prisma-cloud'],
      header: 'authorization',
      hashes: [hash('Basic cHJpc21hOnM=')],
    },
  ];
  const issue = {
    trigger: { source: 'ISSUE', type: 'Open', ruleId: '710a481b', ruleName: 'issue-updates' },
    issue: {
      id: 'e3188a71',
      status: 'OPEN',
      severity: 'HIGH',
      created: '2025-07-25T13:09:25.306109Z',
      projects: '',
    },
    resource: { id: '', name: 'jenkins-aws', type: 'virtualMachine', cloudPlatform: 'AWS' },
    control: { id: 'cer-awsguardduty', name: 'Recon:EC2/PortProbeUnprotectedPort', severity: 'HIGH' },
  };

  it('are known by the secret in their header, both while it changes, and by nothing less', async () => {
    await start({ senders });
    const send = (secret: string, format = 'wiz') =>
      post(format, issue, { token: null, headers: { 'x-wiz-secret': secret } });
    expect((await send('old one')).status).toBe(200);
    expect((await send('new one')).status).toBe(200);
    for (const wrong of ['', 'new', 'new one ', 'NEW ONE', hash('new one')])
      expect((await send(wrong)).status, wrong).toBe(wrong === 'new one ' ? 200 : 401);
    expect((await send('new one', 'falco')).status).toBe(403);
    expect(
      (await post('wiz/other', issue, { token: null, headers: { 'x-wiz-secret': 'new one' } })).status,
    ).toBe(403);
    const basic = (value: string) =>
      post('prisma-cloud', [], { token: null, headers: { authorization: value } });
    expect((await basic('Basic cHJpc21hOnQ=')).status).toBe(401);
    expect((await basic('Basic cHJpc21hOnM=')).status).toBe(400);
    // The secret opens nothing else.
    const other = await at.send('/v1/records', {
      method: 'POST',
      body: '{}',
      token: null,
      headers: { 'x-wiz-secret': 'new one' },
    });
    expect(other.status).toBe(401);
    const [own] = decisions(await at.records());
    expect(own).toMatchObject({
      emitter: 'wiz@cloud',
      policy_id: 'wiz/cer-awsguardduty',
      actor_verified_by: 'secret',
    });
    expect(at.log.every((line) => !JSON.stringify(line).includes('new one'))).toBe(true);
  });
});

describe('Amazon SNS', () => {
  const TOPIC = 'arn:aws:sns:us-east-2:111122223333:findings';
  const CERT =
    'https://sns.us-east-2.amazonaws.com/SimpleNotificationService-7ff5318490ec183fbaddaa2a969abfda.pem';
  const senders = [{ name: 'hub', emitter: 'securityhub@prod', formats: ['asff'], sns_topics: [TOPIC] }];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  let certificate = '';
  const asked: string[] = [];
  const begin = async () => {
    certificate ||= selfSigned(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    await start(
      { senders },
      {
        fetchFromSns: async (url) => {
          asked.push(url);
          return certificate;
        },
      },
    );
    now = Date.now() + 5_000;
  };

  /** The text that is signed, as AWS's page on verifying signatures writes it out. */
  const sign = (message: Record<string, string>, algorithm: string) => {
    const names =
      message.Type === 'Notification'
        ? [
            'Message',
            'MessageId',
            ...(message.Subject === undefined ? [] : ['Subject']),
            'Timestamp',
            'TopicArn',
            'Type',
          ]
        : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
    const text = names.map((name) => `${name}\n${message[name]}\n`).join('');
    return createSign(algorithm).update(text).sign(privateKey, 'base64');
  };
  const notice = (more: Record<string, string> = {}, version = '2') => {
    const message = {
      Type: 'Notification',
      MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
      TopicArn: TOPIC,
      Message: fixture('securityhub-event/event-securityhub-iamkey-finding-action.json'),
      Timestamp: '2026-03-01T12:00:00.000Z',
      SignatureVersion: version,
      SigningCertURL: CERT,
      UnsubscribeURL: 'https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe',
      ...more,
    };
    return { ...message, Signature: sign(message, version === '2' ? 'RSA-SHA256' : 'RSA-SHA1') };
  };
  const send = (body: unknown, format = 'asff') => post(format, body, { token: null });

  it('is taken by its signature, in both versions, and not otherwise', async () => {
    await begin();
    expect((await send(notice())).status).toBe(200);
    expect((await send(notice({ Subject: 'hello' }, '1'))).status).toBe(200);
    const refused: [string, unknown, number][] = [
      ['another message', { ...notice(), Message: '{}' }, 401],
      ['another topic', notice({ TopicArn: 'arn:aws:sns:us-east-2:111122223333:other' }), 401],
      ['a subject that was added', { ...notice(), Subject: 'hello' }, 401],
      ['no signature', { ...notice(), Signature: '' }, 401],
      [
        'a foreign certificate',
        notice({ SigningCertURL: 'https://sns.us-east-2.amazonaws.com.evil.example/a.pem' }),
        401,
      ],
      ['a bucket of somebody', notice({ SigningCertURL: 'https://sns.s3.amazonaws.com/a.pem' }), 401],
      ['without TLS', notice({ SigningCertURL: CERT.replace('https', 'http') }), 401],
      ['another port', notice({ SigningCertURL: CERT.replace('.com/', '.com:8443/') }), 401],
      [
        'an answer of SNS itself, in which somebody wrote a certificate',
        notice({
          SigningCertURL:
            'https://sns.us-east-2.amazonaws.com/a.pem?Action=GetEndpointAttributes&EndpointArn=arn%3Aaws%3Asns',
        }),
        401,
      ],
      ['another place of SNS', notice({ SigningCertURL: CERT.replace('Simple', 'a/Simple') }), 401],
      [
        'its certificate, and a question behind it',
        notice({ SigningCertURL: `${CERT}?Action=Publish` }),
        401,
      ],
      ['nothing of SNS', shell(1), 401],
    ];
    for (const [name, body, status] of refused) expect((await send(body)).status, name).toBe(status);
    expect((await send(notice(), 'falco')).status).toBe(403);
    expect(new Set(asked)).toEqual(new Set([CERT]));
    const records = decisions(await at.records());
    expect(records.length).toBeGreaterThan(0);
    expect(
      new Set(records.map(({ emitter, actor_verified_by }) => `${emitter} ${actor_verified_by}`)),
    ).toEqual(new Set(['securityhub@prod sns']));
  });

  it('is asked to confirm a subscription that it signed, for a topic of the settings', async () => {
    await begin();
    asked.length = 0;
    const question = (SubscribeURL: string) => {
      const message: Record<string, string> = {
        ...notice(),
        Type: 'SubscriptionConfirmation',
        Message: 'You have chosen to subscribe to the topic.',
        Token: '2336412f37',
        SubscribeURL,
      };
      return { ...message, Signature: sign(message, 'RSA-SHA256') };
    };
    const own = `https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`;
    expect((await send(question(own))).status).toBe(200);
    expect(asked).toEqual([CERT, own]);
    expect((await send(question('https://169.254.169.254/latest/meta-data'))).status).toBe(401);
    expect((await send({ ...question(own), Token: 'other' })).status).toBe(401);
    expect(asked).toEqual([CERT, own]);
    now = Date.now() + 20 * 365 * 86_400_000;
    expect((await send(notice())).status, 'a certificate that is over').toBe(401);
  });
});

/** A certificate that begins now. */
function selfSigned(key: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-sns-'));
  try {
    writeFileSync(join(folder, 'key.pem'), key);
    return execFileSync(
      'openssl',
      ['req', '-x509', '-key', join(folder, 'key.pem'), '-subj', '/CN=sns.amazonaws.com', '-days', '3650'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a flood', () => {
  const flood = { window_seconds: 60, same: 3, distinct: 4 };

  it('is counted beyond its first events, each on disk before its answer, and told when the window ends', async () => {
    await start({ flood });
    for (let i = 0; i < 20; i += 1) await took('falco', shell(i));
    // Sent again: neither recorded nor counted once more.
    for (let i = 0; i < 20; i += 1) await took('falco', shell(i));
    await took('falco', shell(1, 'other'));
    now += 61_000;
    await took('falco', shell(40));
    const records = decisions(await at.records());
    const counted = records.filter(({ details }) => details?.counted !== undefined);
    expect(counted.map(({ details }) => details?.counted)).toEqual([
      { events: 17, first: '2026-03-01T11:59:03.000Z', last: '2026-03-01T11:59:19.000Z' },
    ]);
    expect(counted[0]).toMatchObject({
      policy_id: 'falco/Terminal shell in container',
      subject_id: 'Pod/default/kubecon',
    });
    // Three of their own, the other pod's, and that of the next window.
    expect(records).toHaveLength(1 + 3 + 1 + 1);
  });

  it('says so in the run, and writes what is open when the server stops', async () => {
    await start({ flood });
    for (let i = 0; i < 10; i += 1) await took('falco', shell(i));
    const records = await at.records();
    const runs = records.filter(({ details }) => String(details?.note).startsWith('a flood: 7 events'));
    expect(runs.map(({ run_total, details }) => [run_total, details?.scanned])).toEqual([[1, 7]]);
    await at.restart();
    expect(await at.records()).toHaveLength(records.length);
  });

  it('that has too many rules and subjects is told to wait, and the log says how often', async () => {
    await start({ flood });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await post('falco', shell(1, `pod-${i}`))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429]);
    const gaps = (await at.records()).filter(({ details }) => details?.kind === 'events refused');
    expect(gaps.map(({ details }) => [details?.sender, details?.requests])).toEqual([['token emitter', 3]]);
  });

  it('does not concern states: each change of one is recorded', async () => {
    await start({ flood: { ...flood, same: 1 } });
    const finding = JSON.parse(fixture('securityhub-event/afsbp-config.1.json')) as Record<string, unknown>;
    for (let i = 0; i < 5; i += 1)
      await took('asff', { ...finding, UpdatedAt: `2021-02-17T13:57:3${i}.779Z` });
    expect(decisions(await at.records())).toHaveLength(5);
  });
});
