import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attachLedger, joinLedger, openReader, setPatience, takeOver } from '../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';
import { type Harness, harness } from '../../src/server/testing/harness.ts';
import { administrator, become, lockedBucket, storeOn } from '../interop/s3/bucket.ts';
import { type S3Server, startS3, why } from '../interop/s3/start.ts';
import { type S3Proxy, startS3Proxy } from './s3-proxy.ts';

const random = (length: number) => randomBytes(length);
const options = { clock: Date.now, random };

describe.skipIf(why !== '')(`a server whose log lies in a bucket of Ceph${why}`, () => {
  let s3: S3Server;
  let proxy: S3Proxy;
  let at: Harness;
  let root: string;
  let places: Parameters<typeof attachLedger>[1];
  let sequence = 0;

  beforeAll(async () => {
    s3 = await startS3();
    become(s3.credentials);
    setPatience({ tries: 3, pause: 1, seconds: 1 });
  });
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'exhibit-s3-server-'));
    proxy = await startS3Proxy(s3.endpoint);
    const client = administrator(s3);
    const [bucket, work] = [await lockedBucket(client), await lockedBucket(client, false)];
    client.destroy();
    const by = { endpoint: proxy.endpoint, region: s3.region, path_style: true };
    places = {
      store: { ...by, url: `s3://${bucket}/prod` },
      work: { ...by, url: `s3://${work}/prod` },
      lock: { kind: 's3' },
    };
    sequence = 0;
    at = await harness({ seal_milliseconds: 50 });
    await at.stop();
    await attachLedger(join(at.folder, 'evidence'), places, options);
    await at.restart();
  });
  afterEach(async () => {
    proxy.next = () => undefined;
    await at.remove();
    await proxy.stop();
    rmSync(root, { recursive: true });
  });
  afterAll(() => s3.stop());

  const batch = (count: number): { body: string; ids: string[] } => {
    const records = Array.from({ length: count }, () => ({
      ...decision('ci/shop', Date.now()),
      sequence: sequence++,
    }));
    return {
      body: records.map((one) => `${JSON.stringify(one)}\n`).join(''),
      ids: records.map(({ record_id }) => record_id),
    };
  };
  const send = async ({ body }: { body: string }): Promise<number> => {
    const headers = { 'content-type': 'application/x-ndjson' };
    return (await at.send('/v1/records', { method: 'POST', body, headers })).status;
  };
  const inBucket = async (): Promise<string[]> => {
    const store = storeOn(s3, { url: places.store.url });
    const reader = await openReader(store);
    const { size } = await reader.checkpoint();
    const found: string[] = [];
    for await (const { bytes } of reader.entries(0, size)) {
      const { record_id, record_type } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, string>;
      if (record_type === 'decision') found.push(record_id ?? '');
    }
    store.close();
    return found;
  };

  it('acknowledges nothing while the bucket is away, and everything once when it is back', async () => {
    const first = batch(10);
    expect(await send(first)).toBe(200);
    proxy.next = () => '500';
    const refused = Array.from({ length: 12 }, () => batch(20));
    for (const status of await Promise.all(refused.map(send))) expect(status).toBeGreaterThanOrEqual(500);
    proxy.next = () => undefined;
    // As emitters do: what was not acknowledged is sent again as it was.
    for (const one of refused) expect(await send(one)).toBe(200);
    await at.stop();
    const found = await inBucket();
    expect(found.toSorted()).toEqual([first, ...refused].flatMap(({ ids }) => ids).toSorted());
  });

  it('ends its calls when another machine has taken over, and says so where readiness is asked', async () => {
    const first = batch(5);
    expect(await send(first)).toBe(200);
    const standby = join(root, 'standby');
    await joinLedger(standby, places, readFileSync(join(at.folder, 'evidence/keys/signer.key'), 'utf8'));
    await takeOver(standby, options);
    expect(await send(batch(5))).toBeGreaterThanOrEqual(500);
    expect((await at.send('/readyz', { token: null })).status).toBe(503);
    expect(await inBucket()).toEqual(expect.arrayContaining(first.ids));
  });
});
