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
