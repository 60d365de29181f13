import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the contract: a library for tests.
import { libraryBundle } from '../../../src/cli/inventory/testing/library.ts';
import { checkSchema } from '../../../src/cli/report/schema.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { CREDENTIALS, type Moto, REGION, startMoto, why } from './moto.ts';

const BUCKET = 'config-logs';
const FOLDER = 'AWSLogs/111122223333/Config/eu-west-1/2026/11/20';
const snapshotKey = (at: string) =>
  `${FOLDER}/ConfigSnapshot/111122223333_Config_eu-west-1_ConfigSnapshot_${at}_0f1d63cc-aee4-48b8-82ab-4f38087be14e.json.gz`;
const historyKey = (from: string, to: string) =>
  `${FOLDER}/ConfigHistory/111122223333_Config_eu-west-1_ConfigHistory_AWS::EC2::Volume_${from}_${to}_1.json.gz`;

/** As AWS Config writes an item of a volume. */
const volume = (name: string, time: string, encrypted: boolean, more: Record<string, unknown> = {}) => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: time,
  configurationItemStatus: 'OK',
  ARN: `arn:aws:ec2:eu-west-1:111122223333:volume/${name}`,
  awsAccountId: '111122223333',
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::Volume',
  resourceId: name,
  tags: {},
  configuration: { volumeId: name, encrypted, size: 8, state: 'in-use' },
  supplementaryConfiguration: {},
  ...more,
});
const file = (...configurationItems: unknown[]) =>
  gzipSync(JSON.stringify({ fileVersion: '1.0', configurationItems }));

describe.skipIf(why !== '')(`what AWS Config delivers${why}`, () => {
  let moto: Moto;
  let s3: S3Client;
  let sqs: SQSClient;
  let bundle: Awaited<ReturnType<typeof libraryBundle>>;
  beforeAll(async () => {
    moto = await startMoto();
    const place = { endpoint: moto.endpoint, region: REGION, credentials: CREDENTIALS };
    s3 = new S3Client({ ...place, forcePathStyle: true });
    sqs = new SQSClient(place);
    await s3.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration: { LocationConstraint: REGION },
      }),
    );
    bundle = await libraryBundle(['data/volume-encrypted-at-rest'], Math.floor(Date.now() / 1_000) - 3_600);
  }, 60_000);
  afterAll(async () => {
    s3?.destroy();
    sqs?.destroy();
    await moto?.stop();
  });

  const put = (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  const machine = async () => {
    const own = new Machine(new Date().toISOString());
    writeFileSync(join(own.folder, 'bundle.tar.gz'), bundle.bundle);
    writeFileSync(join(own.folder, 'bundle.pub.pem'), bundle.key);
    await own.run('ledger', 'init', 'evidence');
    const judge = async (...args: string[]) => {
      const ended = await own.run(
        ...['inventory', ...args, '--endpoint', moto.endpoint, '--region', REGION],
        ...['--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem', '-o', 'json'],
      );
      const { results } = ended.stdout === '' ? { results: [] } : checkSchema.parse(JSON.parse(ended.stdout));
      return {
        ...ended,
        volumes: Object.fromEntries(
          results
            .filter(({ subject }) => subject.type === 'volume')
            .map(({ subject, verdict }) => [subject.name, verdict]),
        ),
        unread: results.filter(({ verdict }) => verdict === 'not_evaluated').map(({ subject }) => subject.id),
      };
    };
    return { own, judge };
  };

  it('is judged as it is now: the newest whole snapshot of a region, and its histories', async () => {
    const { judge } = await machine();
    const address = `s3://${BUCKET}/AWSLogs`;
    const recorded = ['--evidence', 'evidence'];
    expect((await judge(address)).code).toBe(3);

    await put(
      snapshotKey('20261119T061241Z'),
      file(
        volume('vol-a', '2026-11-19T06:12:41.118Z', true),
        volume('vol-old', '2026-11-19T06:12:41.118Z', true),
      ),
    );
    await put(
      snapshotKey('20261120T061241Z'),
      file(
        volume('vol-a', '2026-11-20T06:12:41.118Z', true),
        volume('vol-b', '2026-11-20T06:12:41.118Z', true),
      ),
    );
    // What lies there too, and is no delivery.
    await put('AWSLogs/111122223333/Config/ConfigWritabilityCheckFile', Buffer.from('x'));
    const first = await judge(address, ...recorded);
    expect(first.volumes).toEqual({ 'vol-a': 'pass', 'vol-b': 'pass' });
    expect(first.code).toBe(0);

    // A history from before the snapshot says nothing new; one from after it does, and of each volume its last item counts.
    await put(
      historyKey('20261120T000000Z', '20261120T030000Z'),
      file(volume('vol-b', '2026-11-20T02:00:00.000Z', false)),
    );
    await put(
      historyKey('20261120T061500Z', '20261120T120000Z'),
      file(
        volume('vol-a', '2026-11-20T11:00:00.000Z', false),
        volume('vol-a', '2026-11-20T07:00:00.000Z', true),
        volume('vol-b', '2026-11-20T10:00:00.000Z', false, {
          configurationItemStatus: 'ResourceDeleted',
          configuration: null,
        }),
      ),
    );
    const second = await judge(address, ...recorded);
    expect(second.volumes).toEqual({ 'vol-a': 'fail' });
    expect(second.unread).toEqual([]);

    // A newer snapshot that was cut off is told, and the one before it judged.
    const whole = file(volume('vol-a', '2026-11-20T18:00:00.000Z', true));
    await put(snapshotKey('20261120T181241Z'), whole.subarray(0, whole.length - 20));
    const third = await judge(address, ...recorded);
    expect(third.code).toBe(3);
    expect(third.unread).toEqual([`s3://${BUCKET}/${snapshotKey('20261120T181241Z')}`]);
    expect(third.volumes).toEqual({ 'vol-a': 'fail' });

    const nowhere = await judge('s3://config-logs-of-nobody/AWSLogs', ...recorded);
    expect(nowhere.code).toBe(3);
    expect(nowhere.unread).toEqual(['s3://config-logs-of-nobody/AWSLogs']);
    expect((await judge('s3://')).code).toBe(2);
  }, 60_000);

  it('comes from a queue; a message is deleted when its records are on disk', async () => {
    const { judge } = await machine();
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'config-changes' }));
    const send = (notice: unknown) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl,
          // As SNS puts it into a queue.
          MessageBody: JSON.stringify({
            Type: 'Notification',
            MessageId: '1',
            TopicArn: 'arn:aws:sns:eu-west-1:111122223333:config',
            Message: JSON.stringify(notice),
          }),
        }),
      );
    const waiting = async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      const { ApproximateNumberOfMessages: seen, ApproximateNumberOfMessagesNotVisible: hidden } =
        Attributes ?? {};
      return [Number(seen), Number(hidden)];
    };
    const change = (item: unknown) => ({
      configurationItemDiff: null,
      configurationItem: item,
      messageType: 'ConfigurationItemChangeNotification',
      recordVersion: '1.3',
      notificationCreationTime: '2026-11-20T06:12:42.118Z',
    });
    await put('large/vol-large.json.gz', file(volume('vol-large', '2026-11-20T06:00:00.000Z', true)));
    await put(snapshotKey('20261121T061241Z'), file(volume('vol-snap', '2026-11-21T06:00:00.000Z', true)));
    const summary = { resourceType: 'AWS::EC2::Volume', resourceId: 'vol-large' };
    await send(change(volume('vol-a', '2026-11-20T08:00:00.000Z', false)));
    // SQS may give an older one later.
    await send(change(volume('vol-a', '2026-11-20T07:00:00.000Z', true)));
    await send({
      configurationItemSummary: summary,
      s3DeliverySummary: { s3BucketLocation: `${BUCKET}/large/vol-large.json.gz` },
      messageType: 'OversizedConfigurationItemChangeNotification',
    });
    await send({
      configurationItemSummary: summary,
      s3DeliverySummary: { s3BucketLocation: null, errorCode: 'NoSuchBucket', errorMessage: 'Failed' },
      messageType: 'OversizedConfigurationItemChangeNotification',
    });
    await send({
      configSnapshotId: '0f1d63cc-aee4-48b8-82ab-4f38087be14e',
      s3ObjectKey: snapshotKey('20261121T061241Z'),
      s3Bucket: BUCKET,
      messageType: 'ConfigurationSnapshotDeliveryCompleted',
    });
    await send({ messageType: 'ConfigurationSnapshotDeliveryStarted', configSnapshotId: 'x' });
    await send({ not: 'a notice' });
    const ended = await judge('--config-queue', QueueUrl, '--evidence', 'evidence');
    expect(ended.volumes).toEqual({ 'vol-a': 'fail', 'vol-large': 'pass', 'vol-snap': 'pass' });
    expect(ended.code).toBe(3);
    // The item that was not delivered, and the message that nobody knows.
    expect(ended.unread).toHaveLength(2);
    expect(ended.unread.every((id) => id.startsWith('sqs:config-changes/'))).toBe(true);
    expect(ended.stderr).toContain('1 message of the queue tell');
    expect(await waiting()).toEqual([0, 1]);

    // Without evidence nothing is recorded, so the message stays.
    await send(change(volume('vol-b', '2026-11-20T08:00:00.000Z', true)));
    const unrecorded = await judge('--config-queue', QueueUrl);
    expect(unrecorded.volumes).toEqual({ 'vol-b': 'pass' });
    expect(await waiting()).toEqual([0, 2]);

    const away = await judge(
      '--config-queue',
      `${moto.endpoint}/111122223333/none`,
      '--evidence',
      'evidence',
    );
    expect(away.code).toBe(3);
    expect(away.unread).toEqual(['sqs:none']);
  }, 60_000);
});
