import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '../../../src/record/index.ts';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';
import { CREDENTIALS, type Moto, REGION, startMoto, why } from './moto.ts';

const DATA = join(import.meta.dirname, '../../../src/sources/testdata');
const EVENT = readFileSync(
  join(DATA, 'securityhub-event/event-securityhub-iamkey-finding-action.json'),
  'utf8',
);

if (why !== '' && process.env.CI === 'true') throw new Error(why);

describe.skipIf(why !== '')(`queues${why}`, () => {
  let moto: Moto;
  let client: SQSClient;
  let at: Harness | undefined;
  let queues = 0;
  beforeAll(async () => {
    moto = await startMoto();
    client = new SQSClient({ endpoint: moto.endpoint, region: REGION, credentials: CREDENTIALS });
  });
  afterEach(async () => {
    await at?.remove();
    at = undefined;
  });
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  const queue = async (Attributes: Record<string, string> = {}) => {
    queues += 1;
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: `events-${queues}`, Attributes }),
    );
    return QueueUrl;
  };
  const send = (QueueUrl: string, MessageBody: string) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const left = async (QueueUrl: string) => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return (
      Number(Attributes?.ApproximateNumberOfMessages) +
      Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
    );
  };
  const read = async (url: string, more: object = {}) => {
    const setting = {
      name: 'hub',
      url,
      region: REGION,
      endpoint: moto.endpoint,
      emitter: 'securityhub@prod',
    };
    at = await harness({ events: { queues: [{ ...setting, ...more }] } });
    return at;
  };
  const until = async (what: () => Promise<boolean>) => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await what()) return;
      await sleep(100);
    }
    throw new Error('it did not come');
  };
  const decisions = (records: readonly EvidenceRecord[]) =>
    records.filter(({ record_type }) => record_type === 'decision');

  it('takes events of EventBridge, bare and through a topic of SNS, and deletes them', async () => {
    const url = await queue();
    await send(url, EVENT);
    const server = await read(url);
    // The form in which SNS puts a message into a queue.
    const envelope = {
      Type: 'Notification',
      MessageId: '5b3c3a1e-0000-4000-8000-000000000000',
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:hub',
      Message: EVENT.replaceAll('4cb5a629e9757b650d102f683cdbcd7b', 'other'),
      Timestamp: '2026-03-01T12:00:00.000Z',
      SignatureVersion: '1',
      Signature: 'EXAMPLE',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem',
    };
    await send(url, JSON.stringify(envelope));
    // At least once: the same again.
    await send(url, EVENT);
    await until(async () => (await left(url)) === 0);
    const records = decisions(await server.records());
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({
      emitter: 'securityhub@prod',
      layer: 'runtime',
      actor_verified_by: 'queue',
    });
  });

  it('leaves what it cannot read in the queue, and on the record, until the dead-letter queue has it', async () => {
    const dead = await queue();
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
    );
    const url = await queue({
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: '2' }),
    });
    const server = await read(url, { poison_seconds: 0 });
    await send(url, '{"hello": "world", "password": "hunter2hunter2"}');
    await send(url, 'no JSON');
    await send(url, EVENT);
    await until(async () => (await left(dead)) === 2 && (await left(url)) === 0);
    const bodies = new Set<string | undefined>();
    while (bodies.size < 2) {
      const { Messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 }),
      );
      for (const { Body } of Messages ?? []) bodies.add(Body);
    }
    expect(bodies).toContain('no JSON');
    const records = await server.records();
    const gaps = records.filter(({ details }) => details?.kind === 'event unread');
    expect(gaps).toHaveLength(2);
    expect(JSON.stringify(records)).not.toContain('hunter2');
    expect(decisions(records)).toHaveLength(1);
    expect(server.log.filter(({ event }) => event === 'message unread').length).toBeGreaterThanOrEqual(4);
  });

  it('says that a queue does not answer, and takes what waited when it does', async () => {
    const url = await queue();
    const server = await read(url.replace('events-', 'no-such-'));
    await until(async () => server.log.some(({ event }) => event === 'queue not read'));
    const metrics = await server.send('/metrics', { token: server.tokens.engineer });
    expect(await metrics.text()).toContain('exhibit_queue_failed{queue="hub"} 1');
    await send(url, EVENT);
    await server.restart({
      events: {
        queues: [{ name: 'hub', url, region: REGION, endpoint: moto.endpoint, emitter: 'securityhub@prod' }],
      },
    });
    await until(async () => (await left(url)) === 0);
    expect(decisions(await server.records())).toHaveLength(1);
  });
});
