import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fixtureText, readText } from '../../testing/read-fixture.ts';

/** What policy tools wrote into a log, and a line of something else. */
const SECURITY_HUB = fixtureText('securityhub-event/event-securityhub-iamkey-finding-action.json');
const CONTROL = JSON.stringify(JSON.parse(fixtureText('securityhub-event/afsbp-ec2.2.json')));
const CONFIG = JSON.stringify({
  'detail-type': 'Config Rules Compliance Change',
  detail: {
    resourceId: 'i-1',
    resourceType: 'AWS::EC2::Instance',
    configRuleName: 'encrypted-volumes',
    messageType: 'ComplianceChangeNotification',
    newEvaluationResult: { complianceType: 'COMPLIANT' },
  },
});
const NOISE = 'START RequestId: 1 Version: $LATEST';
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/policy',
  logStream: 's1',
  subscriptionFilters: ['f'],
  logEvents: [CONTROL, CONFIG, NOISE, SECURITY_HUB].map((message, i) => ({
    id: `3${i}`,
    timestamp: 1694003441966 + i,
    message,
  })),
};

function expectAll(
  { outcomes, problems, facts, detected }: Awaited<ReturnType<typeof readText>>,
  store: string,
) {
  expect(detected.source.id).toBe('log-export');
  expect(problems).toEqual([]);
  expect(
    outcomes.map(({ tool, check, verdict, details }) => [
      tool,
      check,
      verdict,
      details?.log_format,
      details?.log_store,
    ]),
  ).toEqual([
    ['securityhub', 'EC2.2', 'fail', 'asff', store],
    ['aws-config', 'encrypted-volumes', 'pass', 'aws-config-compliance', store],
    ['guardduty', 'UnauthorizedAccess:IAMUser-ConsoleLogin', 'fail', 'asff', store],
  ]);
  expect(facts).toMatchObject({
    scanned: 4,
    note: '4 messages: 2 as asff, 1 as aws-config-compliance; 1 of no format that is known here',
  });
}

describe('exports of log stores', () => {
  it('reads a subscription of CloudWatch Logs: bare, packed, in base64 as a function gets it', async () => {
    const text = JSON.stringify(subscription);
    expectAll(await readText(text, 'a.json'), 'cloudwatch');
    expectAll(await readText(gzipSync(text), 'a.gz'), 'cloudwatch');
    const data = gzipSync(text).toString('base64');
    expectAll(await readText(JSON.stringify({ awslogs: { data } }), 'a.json'), 'cloudwatch');
    // A stream concatenates what it is given; a control message only asks who is there.
    const control = {
      messageType: 'CONTROL_MESSAGE',
      logGroup: '',
      logStream: '',
      logEvents: [{ id: '', timestamp: 1, message: 'CWL CONTROL MESSAGE: Checking health.' }],
    };
    expectAll(await readText(JSON.stringify(control) + text, 'a.json'), 'cloudwatch');
  });

  it('takes the time and the id of the log where the message has none', async () => {
    const { outcomes } = await readText(JSON.stringify(subscription), 'a.json');
    // The second message has no time of its own: 1694003441967 ms.
    expect(outcomes[1]).toMatchObject({ observed_at: '2023-09-06T12:30:41.967Z' });
    expect(outcomes[0]).toMatchObject({
      observed_at: '2021-02-17T08:56:24.497Z',
      details: { log_origin: '/policy:s1' },
    });
  });

  it('reads aws logs filter-log-events and get-log-events', async () => {
    const events = subscription.logEvents.map(({ message, timestamp, id }) => ({
      logStreamName: 's1',
      timestamp,
      message,
      ingestionTime: timestamp,
      eventId: id,
    }));
    expectAll(await readText(JSON.stringify({ events, searchedLogStreams: [] }), 'a.json'), 'cloudwatch');
    expectAll(
      await readText(
        JSON.stringify({ events: events.map(({ eventId: _, ...each }) => each), nextForwardToken: 'f' }),
        'a.json',
      ),
      'cloudwatch',
    );
  });

  it('reads a search of Datadog, with JSON that it took apart', async () => {
    const log = (attributes: object, i: number) => ({
      id: `AAA${i}`,
      type: 'log',
      attributes: { service: 'policy', timestamp: '2023-09-06T12:30:41.966Z', ...attributes },
    });
    const data = [
      log({ message: '', attributes: JSON.parse(CONTROL) }, 0),
      log({ message: CONFIG, attributes: {} }, 1),
      log({ message: NOISE, attributes: { status: 'info' } }, 2),
      log({ attributes: JSON.parse(SECURITY_HUB) }, 3),
    ];
    expectAll(await readText(JSON.stringify({ data, meta: {} }), 'a.json'), 'datadog');
    expectAll(await readText(data.map((each) => JSON.stringify(each)).join('\n'), 'a.json'), 'datadog');
  });

  it('reads exports of Splunk: lines of results, one list, the event collector', async () => {
    const messages = [CONTROL, CONFIG, NOISE, SECURITY_HUB];
    const lines = messages.map((_raw, i) =>
      JSON.stringify({
        preview: false,
        offset: i,
        result: { _raw, _time: '2023-09-06T12:30:41.966+00:00', source: 's' },
      }),
    );
    expectAll(await readText(lines.join('\n'), 'a.json'), 'splunk');
    expectAll(
      await readText(JSON.stringify({ results: messages.map((_raw) => ({ _raw })) }), 'a.json'),
      'splunk',
    );
    const events = messages.map((each) => ({
      time: 1694003441.966,
      sourcetype: 'policy',
      event: each === NOISE ? each : JSON.parse(each),
    }));
    expectAll(await readText(events.map((each) => JSON.stringify(each)).join('\n'), 'a.json'), 'splunk');
  });

  it('says where no message is known, and does not unpack without end', async () => {
    const { problems, outcomes } = await readText(
      JSON.stringify({ ...subscription, logEvents: [{ id: '1', timestamp: 1, message: NOISE }] }),
      'a.json',
    );
    expect(outcomes).toEqual([]);
    expect(problems).toMatchObject([{ message: 'none of 1 messages is of a format that is known here' }]);
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, 0x20)).toString('base64');
    await expect(readText(JSON.stringify({ awslogs: { data: bomb } }), 'a.json')).rejects.toThrow(
      /no format/,
    );
  });

  it('reads no export within an export', async () => {
    const nested = JSON.stringify({
      ...subscription,
      logEvents: [{ id: '1', timestamp: 1, message: JSON.stringify(subscription) }],
    });
    expect((await readText(nested, 'a.json')).outcomes).toEqual([]);
  });
});

describe('the audit log of EKS in CloudWatch Logs', () => {
  const event = (auditID: string, stage = 'ResponseComplete') => ({
    ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID, stage, verb: 'create' },
    ...{ requestURI: '/api/v1/namespaces/shop/pods', user: { username: 'ada' } },
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
    responseStatus: {
      ...{ status: 'Failure', reason: 'Invalid', code: 422 },
      message:
        "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'labels' with binding 'all' denied request: no team",
    },
    requestReceivedTimestamp: '2026-01-02T03:04:05.678901Z',
    stageTimestamp: '2026-01-02T03:04:05.680000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  });
  // Of four events one is of an earlier stage and one came again; the group has lines of other components, too.
  const messages = [event('a', 'RequestReceived'), event('a'), event('a'), event('b')].map((each) =>
    JSON.stringify(each),
  );
  const lines = ['I0102 03:04:05 10 controller.go:1] synced', ...messages];
  const eks = {
    ...{
      messageType: 'DATA_MESSAGE',
      logGroup: '/aws/eks/shop/cluster',
      logStream: 'kube-apiserver-audit-1',
    },
    logEvents: lines.map((message, i) => ({ id: `3${i}`, timestamp: 1767323045680 + i, message })),
  };
  const packed = gzipSync(JSON.stringify(eks)).toString('base64');
  const exported = lines.map((line, i) => `2026-01-02T03:04:05.68${i}Z ${line}\n`).join('');

  it.each<[string, string | Uint8Array]>([
    ['a subscription', JSON.stringify(eks)],
    ['a subscription, gzip', gzipSync(JSON.stringify(eks))],
    [
      'several of Firehose in one object, gzip',
      Buffer.concat([packed, packed].map((each) => Buffer.from(each, 'base64'))),
    ],
    ['what a function gets', JSON.stringify({ awslogs: { data: packed } })],
    ['what a function gets from Kinesis', JSON.stringify({ Records: [{ kinesis: { data: packed } }] })],
    ['what a function gets from Firehose', JSON.stringify({ records: [{ recordId: '1', data: packed }] })],
    [
      'aws logs filter-log-events',
      JSON.stringify({
        events: lines.map((message) => ({ message, timestamp: 1767323045680, ingestionTime: 1 })),
      }),
    ],
    ['an export to S3', exported],
    ['an export to S3, gzip', gzipSync(exported)],
  ])('is read as %s: each request once', async (_, report) => {
    const { detected, outcomes, problems, facts } = await readText(report, 'x');
    expect(detected.source.id).toBe('log-export');
    expect(problems).toEqual([]);
    expect(outcomes.map(({ tool, check, verdict, source_id }) => [tool, check, verdict, source_id])).toEqual([
      ['validating-admission-policy', 'labels', 'fail', expect.stringMatching(/^a\//)],
      ['validating-admission-policy', 'labels', 'fail', expect.stringMatching(/^b\//)],
    ]);
    expect(outcomes[0]?.details).toMatchObject({ log_format: 'kubernetes-audit', log_store: 'cloudwatch' });
    // As in the audit log itself: what passed leaves no trace.
    expect(facts).toMatchObject({ tool: 'kubernetes', population: 'failures' });
    expect(facts.note).toMatch(/events? came again/);
  });

  it('takes no line with a time for an export of CloudWatch where no format knows what stands behind', async () => {
    await expect(readText('2026-01-02T03:04:05.680Z {"level":"info"}\n', 'x')).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
    });
  });

  it('keeps a message of several lines whole, and says what is broken', async () => {
    const pretty = JSON.stringify(event('c'), null, 1);
    const text = `2026-01-02T03:04:05.680Z ${messages[1]}\n2026-01-02T03:04:06.680Z ${pretty}\n2026-01-02T03:04:07Z {"kind": "Event",\n`;
    const { outcomes, facts } = await readText(text, 'x');
    expect(outcomes).toHaveLength(2);
    expect(facts.note).toMatch(/^3 messages: 2 as kubernetes-audit; 1 of no format/);
  });
});
