import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (value: unknown, file = 'a.json') =>
  parseInput(file, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
const kinds = (value: unknown) => read(value).documents.map(({ kind }) => kind);
const messages = (value: unknown) => read(value).problems.map(({ error }) => error.message);

/** As `aws configservice get-resource-config-history` prints one. */
const item = {
  version: '1.3',
  accountId: '111122223333',
  configurationItemCaptureTime: '2026-11-20T06:12:41.118000+00:00',
  configurationItemStatus: 'OK',
  configurationStateId: '1763618561118',
  arn: 'arn:aws:ec2:eu-central-1:111122223333:volume/vol-004bc7a1e2d3f4051',
  resourceType: 'AWS::EC2::Volume',
  resourceId: 'vol-004bc7a1e2d3f4051',
  awsRegion: 'eu-central-1',
  tags: {},
  relationships: [],
  configuration: '{"encrypted":false}',
  supplementaryConfiguration: {},
};
const notice = {
  configurationItemDiff: null,
  configurationItem: item,
  messageType: 'ConfigurationItemChangeNotification',
};
const summary = { ...item, configuration: undefined, changeType: 'UPDATE' };
const large = {
  configurationItemSummary: summary,
  s3DeliverySummary: {},
  messageType: 'OversizedConfigurationItemChangeNotification',
};

describe('items of AWS Config', () => {
  it.each([
    ['alone', item],
    ['in a snapshot', { fileVersion: '1.0', configSnapshotId: 'x', configurationItems: [item] }],
    ['in an answer', { baseConfigurationItems: [item], unprocessedResourceKeys: [] }],
    ['in a notification', { ...notice, notificationCreationTime: 't', recordVersion: '1.3' }],
    [
      'in an event of EventBridge',
      { version: '0', source: 'aws.config', 'detail-type': 'x', detail: notice },
    ],
    [
      'in the event of a rule',
      { version: '1.0', invokingEvent: JSON.stringify(notice), configRuleName: 'r' },
    ],
  ])('are known %s', (_, value) => {
    expect(kinds(value)).toEqual(['aws-config']);
    expect(messages(value)).toEqual([]);
  });

  it('have places in the file', () => {
    const text = `{"configurationItems": [\n${JSON.stringify(item)},\n${JSON.stringify(item)}]}`;
    expect(
      read(text).documents[0]?.locate(['configurationItems', 1, 'configuration', 'encrypted']),
    ).toMatchObject({
      file: 'a.json',
      line: 3,
    });
  });
});

describe('what is not all there is never judged completely', () => {
  it.each([
    [
      'a list with something else',
      { configurationItems: [item, { resourceType: 'AWS::EC2::Volume' }] },
      /no configuration item/,
    ],
    ['a summary', large, /summary/],
    ['a summary in the event of a rule', { invokingEvent: JSON.stringify(large) }, /summary/],
    ['a page', { configurationItems: [item], nextToken: 'x' }, /one page/],
    ['an answer with gaps', { baseConfigurationItems: [item], unprocessedResourceKeys: [{}] }, /1 resources/],
  ])('%s', (_, value, message) => {
    expect(kinds(value)).toEqual(['aws-config']);
    expect(messages(value)).toEqual([expect.stringMatching(message)]);
  });

  it('a snapshot without an item holds nothing', () => {
    expect(read({ configurationItems: [] }).problems[0]?.error.code).toBe('INPUT_EMPTY');
    expect(read({ baseConfigurationItems: [] }).problems[0]?.error.code).toBe('INPUT_EMPTY');
  });
});

describe('ways to be taken for an item', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
  it.each([
    ['a Pod', { ...pod, ...item }, ['kubernetes']],
    ['a Pod with items', { ...pod, configurationItems: [item] }, ['kubernetes']],
    ['a Pod with an event', { ...pod, invokingEvent: JSON.stringify(notice) }, ['kubernetes']],
    ['a plan', { format_version: '1.2', resource_changes: [], configurationItems: [] }, ['terraform-plan']],
    ['another document', { ...item, jobs: {} }, ['json']],
    ['another event', { source: 'aws.s3', detail: notice }, ['json']],
    ['an event of a schedule', { invokingEvent: '{"messageType": "ScheduledNotification"}' }, ['json']],
    ['a compliance result', { source: 'aws.config', detail: { newEvaluationResult: {} } }, ['json']],
  ])('%s stays what it is', (_, value, expected) => {
    expect(kinds(value)).toEqual(expected);
  });
});
