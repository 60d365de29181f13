import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoDbCell, type SwapCell, s3Cell } from '../../../src/store/index.ts';
import { faultsOf, type S3Proxy, startS3Proxy } from '../../faults/s3-proxy.ts';
import { startMoto, why as whyMoto } from '../events/moto.ts';
import { administrator, become, lockedBucket } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const patience = { tries: 14, pause: 1, seconds: 2 };

/** What every cell has to do. */
function laws(fresh: () => SwapCell): void {
  it('takes a text only from who has read the one before', async () => {
    const [one, other] = [fresh(), fresh()];
    await one.prove();
    expect(await one.read()).toBeUndefined();
    const first = await one.swap(undefined, 'one');
    expect(first).toBeDefined();
    expect(await other.swap(undefined, 'other')).toBeUndefined();
    const second = await other.swap(first, 'two');
    expect(await one.swap(first, 'late')).toBeUndefined();
    expect(await one.read()).toEqual({ text: 'two', tag: second });
    for (const cell of [one, other]) cell.close();
  });
}

describe.skipIf(why !== '')(`a lock in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let proxy: S3Proxy;
  let bucket: string;
  let versioned: string;
  beforeAll(async () => {
    server = await startS3();
    become(server.credentials);
    const client = administrator(server);
    bucket = await lockedBucket(client, false);
    versioned = await lockedBucket(client);
    client.destroy();
    proxy = await startS3Proxy(server.endpoint);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  const cell = (key: string, endpoint = server.endpoint, name = bucket) =>
    s3Cell({ url: `s3://${name}/p`, endpoint, region: server.region, path_style: true }, key, patience);

  laws(() => cell('laws'));

  it('lets one of many that swap at once win each time', async () => {
    const cells = Array.from({ length: 8 }, () => cell('race'));
    let tag: string | undefined;
    for (let round = 0; round < 20; round += 1) {
      const won = await Promise.all(cells.map((one, at) => one.swap(tag, `${round} ${at}`)));
      expect(won.filter((one) => one !== undefined)).toHaveLength(1);
      tag = won.find((one) => one !== undefined);
    }
    for (const one of cells) one.close();
  });

  it('knows its own text behind a network that fails, and never takes another for it', async () => {
    proxy.next = faultsOf(3, 0.3);
    const one = cell('faults', proxy.endpoint);
    const straight = cell('faults');
    let tag: string | undefined;
    for (let round = 0; round < 60; round += 1) {
      const before = tag;
      tag = await one.swap(tag, `own ${round}`);
      expect(tag).toBeDefined();
      if (round % 5 === 4) {
        const taken = await straight.swap(tag, `other ${round}`);
        expect(await one.swap(before, 'late')).toBeUndefined();
        expect(await one.swap(tag, 'late')).toBeUndefined();
        tag = taken;
      }
    }
    proxy.next = () => undefined;
    expect((await straight.read())?.tag).toBe(tag);
    expect(proxy.seen.size).toBeGreaterThan(5);
    one.close();
    straight.close();
  });

  it('is refused where the bucket keeps versions, because this Ceph heeds no condition there', async () => {
    const one = cell('versions', server.endpoint, versioned);
    await expect(one.prove()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('does not heed'),
      hint: expect.stringContaining('dynamodb:TABLE'),
    });
    one.close();
  });
});

describe.skipIf(whyMoto !== '')(`a lock in DynamoDB, as moto has it${whyMoto}`, () => {
  let stop: () => void | Promise<void>;
  let endpoint: string;
  const region = 'us-east-1';
  beforeAll(async () => {
    const moto = await startMoto();
    ({ stop, endpoint } = moto);
    become({ accessKeyId: 'test', secretAccessKey: 'test' });
    const client = new DynamoDB({ endpoint, region });
    await client.createTable({
      TableName: 'exhibit',
      AttributeDefinitions: [{ AttributeName: 'log', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'log', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    client.destroy();
  });
  afterAll(() => stop());

  laws(() => dynamoDbCell({ table: 'exhibit', region, endpoint }, 'example.com/audit', patience));

  it('says which right and which table are wanted', async () => {
    const one = dynamoDbCell({ table: 'nowhere', region, endpoint }, 'log', patience);
    await expect(one.read()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('dynamodb:nowhere/log: ResourceNotFoundException'),
      hint: expect.stringContaining('dynamodb:GetItem'),
    });
    one.close();
  });
});
