import { setTimeout as sleep } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, become, bytes, lockedBucket, storeOn } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

/** What the opponent is told: refused, and that is all that counts. */
const refused = { $metadata: { httpStatusCode: 403 } };
const DAY = 86_400_000;
const soon = (milliseconds: number) => new Date(Date.now() + milliseconds);

// Acts of whoever has all rights in the bucket, on objects that our store wrote.
describe.skipIf(why !== '')(`what a lock holds and what it does not, on Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let Bucket: string;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    Bucket = await lockedBucket(client);
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  const written = async (Key: string, lock?: Parameters<typeof storeOn>[1]['lock']) => {
    const store = storeOn(server, { url: `s3://${Bucket}`, ...(lock === undefined ? {} : { lock }) });
    const { version } = await store.put(Key, bytes('x'), { ifAbsent: true });
    store.close();
    if (version === undefined) return expect.fail('no version');
    return { Bucket, Key, VersionId: version };
  };

  it('versions cannot be suspended, and the bucket cannot be deleted', async () => {
    await written('there', { days: 1 });
    expect((await client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
    await expect(
      client.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 409 } });
    await expect(client.deleteBucket({ Bucket })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('COMPLIANCE holds against its owner: no deletion, no shortening, no weaker mode; only more', async () => {
    const object = await written('compliance', {
      mode: 'COMPLIANCE',
      days: 1,
      acknowledge_irreversible: true,
    });
    await expect(client.deleteObject(object)).rejects.toMatchObject(refused);
    await expect(client.deleteObject({ ...object, BypassGovernanceRetention: true })).rejects.toMatchObject(
      refused,
    );
    const { Errors } = await client.deleteObjects({
      Bucket,
      Delete: { Objects: [{ Key: object.Key, VersionId: object.VersionId }] },
      BypassGovernanceRetention: true,
    });
    expect(Errors).toMatchObject([{ Code: 'AccessDenied' }]);
    for (const [Mode, RetainUntilDate] of [
      ['COMPLIANCE', soon(60_000)],
      ['GOVERNANCE', soon(2 * DAY)],
      ['GOVERNANCE', soon(60_000)],
    ] as const)
      await expect(
        client.putObjectRetention({
          ...object,
          BypassGovernanceRetention: true,
          Retention: { Mode, RetainUntilDate },
        }),
      ).rejects.toMatchObject(refused);
    await client.putObjectRetention({
      ...object,
      Retention: { Mode: 'COMPLIANCE', RetainUntilDate: soon(3 * DAY) },
    });
  });

  it('a delete marker and a new version go over any lock; the version that was written stays', async () => {
    const object = await written('over', { days: 1 });
    const store = storeOn(server, { url: `s3://${Bucket}` });
    expect(await client.deleteObject({ Bucket, Key: 'over' })).toMatchObject({ DeleteMarker: true });
    expect(await store.get('over')).toBeUndefined();
    await client.putObject({ Bucket, Key: 'over', Body: 'evil' });
    expect(await store.get('over')).toEqual(bytes('evil'));
    expect(await store.getVersion('over', object.VersionId)).toEqual(bytes('x'));
    store.close();
  });

  it('GOVERNANCE holds but for who may bypass it', async () => {
    const object = await written('governance', { days: 1 });
    await expect(client.deleteObject(object)).rejects.toMatchObject(refused);
    await expect(
      client.putObjectRetention({
        ...object,
        Retention: { Mode: 'GOVERNANCE', RetainUntilDate: soon(60_000) },
      }),
    ).rejects.toMatchObject(refused);
    await client.deleteObject({ ...object, BypassGovernanceRetention: true });
    await expect(client.headObject(object)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it('a legal hold holds after the days are over, until it is taken off', async () => {
    const object = await written('hold', { days: 1, legal_hold: true });
    const Retention = { Mode: 'GOVERNANCE', RetainUntilDate: soon(2_000) } as const;
    await client.putObjectRetention({ ...object, BypassGovernanceRetention: true, Retention });
    await sleep(3_500);
    await expect(client.deleteObject({ ...object, BypassGovernanceRetention: true })).rejects.toMatchObject(
      refused,
    );
    await client.putObjectLegalHold({ ...object, LegalHold: { Status: 'OFF' } });
    await client.deleteObject(object);
  });

  it('the default of the bucket locks what says no lock of its own, until it ends', async () => {
    const ObjectLockConfiguration = (Days: number) =>
      ({
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days } },
      }) as const;
    await client.putObjectLockConfiguration({ Bucket, ObjectLockConfiguration: ObjectLockConfiguration(1) });
    const object = await written('default');
    expect((await client.getObjectRetention(object)).Retention).toMatchObject({ Mode: 'COMPLIANCE' });
    await expect(client.deleteObject(object)).rejects.toMatchObject(refused);
    const { VersionId } = await client.putObject({
      Bucket,
      Key: 'short',
      Body: 'x',
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: soon(3_000),
    });
    const short = { Bucket, Key: 'short', VersionId };
    await expect(client.deleteObject(short)).rejects.toMatchObject(refused);
    await sleep(4_500);
    await client.deleteObject(short);
  });

  it('without Object Lock in the bucket there is none', async () => {
    const plain = await lockedBucket(client, false);
    await client.putObject({ Bucket: plain, Key: 'x', Body: 'x' });
    await expect(
      client.putObjectRetention({
        Bucket: plain,
        Key: 'x',
        Retention: { Mode: 'COMPLIANCE', RetainUntilDate: soon(60_000) },
      }),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});
