import { createHash } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Store } from '../../../src/store/index.ts';
import { administrator, become, bytes, lockedBucket, storeOn } from './bucket.ts';
import { KMS_KEY, type S3Server, startS3, why } from './start.ts';

describe.skipIf(why !== '')(`objects in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let bucket: string;
  let store: S3Store;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    bucket = await lockedBucket(client);
    store = storeOn(server, { url: `s3://${bucket}/log-of/us` });
  });
  afterAll(async () => {
    store.close();
    client.destroy();
    await server.stop();
  });

  it('are given back, listed by prefix and hidden, as in a folder', async () => {
    const objects = ['log/tile/0/000', 'log/tile/0/000.p/7', 'log/tile/entries/000', 'log-other'].map(
      (key) => ({
        key,
        bytes: bytes(key),
      }),
    );
    await store.putAll(objects);
    for (const one of objects) expect(await store.get(one.key)).toEqual(one.bytes);
    expect(await store.get('log/tile/0/001')).toBeUndefined();
    expect(await store.list('log')).toEqual(objects.map(({ key }) => key).sort());
    expect(await store.list('log/tile/0/000.')).toEqual(['log/tile/0/000.p/7']);
    expect(await store.list('nothing/')).toEqual([]);
    await store.delete('log-other');
    await store.delete('never/was');
    expect(await store.get('log-other')).toBeUndefined();
    for (const key of ['../a', 'a//b', '', 'a b'])
      await expect(store.get(key)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await client.listObjectsV2({ Bucket: bucket, Prefix: 'log-of/us/log/' })).KeyCount).toBe(3);
  });

  it('are known by version and SHA-256, and each version can be read', async () => {
    const one = await store.put('v', bytes('one'));
    const two = await store.put('v', bytes('two'));
    // SHA-256 of `one`, by sha256sum.
    expect(one.checksum).toBe('sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed');
    expect(one.version).not.toBe(two.version);
    expect(await store.getVersion('v', one.version ?? '')).toEqual(bytes('one'));
    expect(await store.get('v')).toEqual(bytes('two'));
  });

  it('are not replaced where they must be absent; to write the same again makes no version', async () => {
    const once = { ifAbsent: true };
    const first = await store.put('k', bytes('one'), once);
    expect(await store.put('k', bytes('one'), once)).toEqual({ ...first, fresh: false });
    await expect(store.put('k', bytes('two'), once)).rejects.toMatchObject({ code: 'LEDGER_IO' });
    const { Versions } = await client.listObjectVersions({ Bucket: bucket, Prefix: 'log-of/us/k' });
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([first.version]);
  });

  it('of two writers at once are never both acknowledged, though this store does not heed If-None-Match', async () => {
    expect(await store.heedsCondition()).toBe(false);
    for (let round = 0; round < 10; round += 1) {
      const key = `race/${round}`;
      const race = await Promise.allSettled(
        ['x', 'y', 'x', 'y'].map((text) => store.put(key, bytes(text), { ifAbsent: true })),
      );
      const winners = new Set(
        race.flatMap((one) => (one.status === 'fulfilled' ? [one.value.checksum] : [])),
      );
      expect(winners.size).toBeLessThanOrEqual(1);
      for (const one of race)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'LEDGER_IO' });
    }
  });

  it('that claim a digest beside them are not believed', async () => {
    const wanted = bytes('evidence');
    const digest = createHash('sha256').update(wanted).digest('hex');
    await client.putObject({
      Bucket: bucket,
      Key: 'log-of/us/forged',
      Body: 'evidencE',
      Metadata: { 'exhibit-sha256': digest },
    });
    await expect(store.put('forged', wanted, { ifAbsent: true })).rejects.toMatchObject({
      code: 'LEDGER_IO',
    });
    const impatient = storeOn(
      server,
      { url: `s3://${bucket}/log-of/us` },
      { patience: { tries: 2, pause: 1 } },
    );
    await expect(impatient.get('forged')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('not those that were written'),
      location: { file: `s3://${bucket}/log-of/us/forged` },
    });
    impatient.close();
  });

  it('above 16 MiB go in parts, with the same lock and digest', async () => {
    const big = Buffer.alloc(40 * 2 ** 20, 'evidence ');
    const locked = storeOn(server, { url: `s3://${bucket}`, lock: { days: 3 } });
    const { version, checksum } = await locked.put('big', big, { ifAbsent: true });
    expect(checksum).toBe(`sha256:${createHash('sha256').update(big).digest('hex')}`);
    expect(Buffer.compare((await locked.get('big')) ?? bytes(''), big)).toBe(0);
    const head = await client.headObject({ Bucket: bucket, Key: 'big' });
    expect(head).toMatchObject({ VersionId: version, ObjectLockMode: 'GOVERNANCE' });
    // An ETag of an object in parts ends with their number: 16 + 16 + 8 MiB.
    expect(head.ETag).toMatch(/-3"$/);
    expect(await locked.put('big', big, { ifAbsent: true })).toEqual({ version, checksum, fresh: false });
    expect((await client.listMultipartUploads({ Bucket: bucket })).Uploads ?? []).toEqual([]);
    locked.close();
  });

  it('are encrypted with the key that is set', async () => {
    const encrypted = storeOn(server, { url: `s3://${bucket}`, kms_key: KMS_KEY });
    await encrypted.put('secret', bytes('s'));
    await encrypted.put('secret-big', Buffer.alloc(17 * 2 ** 20, 's'));
    for (const Key of ['secret', 'secret-big'])
      expect(await client.headObject({ Bucket: bucket, Key })).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: KMS_KEY,
      });
    expect(await encrypted.get('secret')).toEqual(bytes('s'));
    encrypted.close();
  });

  it('that were there without a lock get it', async () => {
    const locked = storeOn(server, { url: `s3://${bucket}`, lock: { days: 5, legal_hold: true } });
    const plain = storeOn(server, { url: `s3://${bucket}` });
    const { version } = await plain.put('late', bytes('x'));
    expect(await locked.put('late', bytes('x'), { ifAbsent: true })).toMatchObject({ version });
    const head = await client.headObject({ Bucket: bucket, Key: 'late' });
    expect(head).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockLegalHoldStatus: 'ON' });
    const until = head.ObjectLockRetainUntilDate;
    // The second time it has what is wanted: its end is not moved.
    await locked.put('late', bytes('x'), { ifAbsent: true });
    expect((await client.headObject({ Bucket: bucket, Key: 'late' })).ObjectLockRetainUntilDate).toEqual(
      until,
    );
    locked.close();
    plain.close();
  });

  describe('that cannot be reached', () => {
    const quick = { patience: { tries: 2, pause: 1, seconds: 5 } };

    it.each(['get', 'put', 'list'] as const)('%s says that there is no such bucket', async (what) => {
      const nowhere = storeOn(server, { url: 's3://nowhere-at-all' }, quick);
      const asked = {
        get: () => nowhere.get('k'),
        put: () => nowhere.put('k', bytes('')),
        list: () => nowhere.list(''),
      };
      await expect(asked[what]()).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('there is no such bucket'),
      });
      nowhere.close();
    });

    it('because the bucket takes no lock', async () => {
      const unlocked = await lockedBucket(client, false);
      const locked = storeOn(server, { url: `s3://${unlocked}`, lock: { days: 1 } }, quick);
      await expect(locked.put('k', bytes('x'))).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('takes no lock'),
        hint: expect.stringContaining('exhibit store check'),
      });
      expect(await locked.get('k')).toBeUndefined();
      locked.close();
    });

    it('because they belong to somebody else, or the secret is wrong', async () => {
      for (const [credentials, said] of [
        [await server.addUser('stranger'), 'access is denied'],
        [{ ...server.credentials, secretAccessKey: 'wrong' }, 'the credentials are wrong'],
      ] as const) {
        become(credentials);
        const closed = storeOn(server, { url: `s3://${bucket}` }, quick);
        for (const ask of [() => closed.list(''), () => closed.put('k', bytes('x'))])
          await expect(ask()).rejects.toMatchObject({
            code: 'STORE_FAILED',
            message: expect.stringContaining(said),
          });
        closed.close();
      }
      become(server.credentials);
    });

    it('because nobody listens', async () => {
      const away = storeOn({ ...server, endpoint: 'http://127.0.0.1:9' }, { url: `s3://${bucket}` }, quick);
      await expect(away.get('k')).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('ECONNREFUSED'),
      });
      away.close();
    });
  });
});
