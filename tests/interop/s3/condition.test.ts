import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Store } from '../../../src/store/index.ts';
import { startMoto, why } from '../events/moto.ts';
import { administrator, become, bytes, lockedBucket, storeOn } from './bucket.ts';

// Ceph 16 ignores If-None-Match. moto heeds it as Amazon does, and keeps SHA-256 checksums.
describe.skipIf(why !== '')(`a store that refuses a second writer${why}`, () => {
  let stop: () => void | Promise<void>;
  let store: S3Store;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    const server = { endpoint: moto.endpoint, region: 'us-east-1', credentials };
    become(credentials);
    const client = administrator({ ...server, addUser: async () => credentials, stop: async () => {} });
    store = storeOn(server, { url: `s3://${await lockedBucket(client)}`, lock: { days: 1 } });
    client.destroy();
  });
  afterAll(async () => {
    store.close();
    await stop();
  });

  it('is known by trying', async () => {
    expect(await store.heedsCondition()).toBe(true);
  });

  it('has one winner, and the others are told', async () => {
    for (let round = 0; round < 5; round += 1) {
      const race = await Promise.allSettled(
        ['x', 'y', 'x', 'y'].map((text) => store.put(`race/${round}`, bytes(text), { ifAbsent: true })),
      );
      const stored = Buffer.from((await store.get(`race/${round}`)) ?? []).toString();
      expect(['x', 'y']).toContain(stored);
      expect(race.map(({ status }) => status)).toEqual(
        ['x', 'y', 'x', 'y'].map((text) => (text === stored ? 'fulfilled' : 'rejected')),
      );
    }
  });

  it('says by its own checksum that the same is there', async () => {
    const first = await store.put('k', bytes('one'), { ifAbsent: true });
    expect(await store.put('k', bytes('one'), { ifAbsent: true })).toEqual({ ...first, fresh: false });
    await expect(store.put('k', bytes('two'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'LEDGER_IO',
    });
  });
});
