import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the lake's contract: keys of a ledger for tests.
import { CC61, CC72, FACT } from '../../../src/lake/testing/fixture.ts';
import { openReader } from '../../../src/ledger/index.ts';
import { administrator, become } from './bucket.ts';
import { type LakeBucket, lakeInBucket } from './lake-bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const DAY = 86_400_000;
const A824 = 'evidence/iso27001/a.8.24/year=2026/month=03/day=01/evidence.parquet';

describe.skipIf(why !== '')(`retention and legal hold on Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let lake: LakeBucket;
  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    lake = await lakeInBucket(server, client, { days: 10, retention: { soc2: 30, nis2: 5 } });
  });
  afterAll(async () => {
    await lake.remove();
    client.destroy();
    await server.stop();
  });
  const daysOf = async (key: string) => {
    const { ObjectLockRetainUntilDate, LastModified } = await client.headObject(lake.object(key));
    return Math.round(((ObjectLockRetainUntilDate?.getTime() ?? 0) - (LastModified?.getTime() ?? 0)) / DAY);
  };
  const held = async (key: string) =>
    (await client.headObject(lake.object(key))).ObjectLockLegalHoldStatus === 'ON';
  const store = (what: string, ...args: string[]) =>
    lake.exhibit('store', what, lake.url, ...args, ...lake.at);

  it('locks the evidence of a framework for its own days, and what all need for the longest', async () => {
    expect([await daysOf(CC61), await daysOf(A824), await daysOf(FACT)]).toEqual([30, 10, 30]);
    const { Contents } = await client.listObjectsV2({
      Bucket: lake.object('').Bucket,
      Prefix: 'prod/blobs/',
    });
    for (const { Key } of Contents ?? []) expect(await daysOf(Key?.slice(5) ?? '')).toBe(30);
  });

  it('lengthens the locks of a framework, shortens none, and goes on where it ended', async () => {
    // Days count from when the day was closed, which the log says.
    const since = Date.parse('2026-03-04T02:00:00Z');
    const days = Math.ceil((Date.now() - since) / DAY) + 40;
    const untilOf = async (key: string) =>
      (await client.headObject(lake.object(key))).ObjectLockRetainUntilDate?.getTime() ?? 0;
    const some = await store('retain', '--framework', 'soc2', '--control', 'cc6.1', '--days', String(days));
    expect(some.stdout).toContain(`2 objects, to ${days} days from when its day was closed`);
    const all = await store('retain', '--framework', 'soc2', '--days', String(days));
    expect(all.stdout).toMatch(/lengthened +2 objects.*\nwere so before +2 objects/);
    for (const key of [CC61, CC72])
      expect(Math.abs((await untilOf(key)) - since - days * DAY)).toBeLessThan(2_000);
    expect(await daysOf(A824)).toBe(10);
    const shorter = await store('retain', '--framework', 'soc2', '--days', String(days - 20));
    expect(shorter.stdout).toMatch(/lengthened +0 objects.*\nwere so before +4 objects/);
    expect(Math.abs((await untilOf(CC61)) - since - days * DAY)).toBeLessThan(2_000);
    // Ceph calls that a change of the object: it is no shorter lock for it.
    expect((await lake.exhibit('lake', 'verify', lake.url, ...lake.at)).stdout).toContain(': 0 differences');
  });

  it('lengthens everything that stays', async () => {
    const { code, stdout } = await store('retain', '--days', '50');
    expect(stdout).toMatch(/were so before +0 objects/);
    expect(code).toBe(0);
    expect([await daysOf(FACT), await daysOf(A824), await daysOf('exhibit.json')]).toEqual([50, 50, 50]);
    expect((await client.headObject(lake.object('log/checkpoint'))).ObjectLockMode).toBeUndefined();
  });

  it('says that nothing is there of a framework that has no files', async () => {
    const { code, stdout } = await store('retain', '--framework', 'nis2', '--days', '40');
    expect(stdout).toContain('nothing is there that was asked for');
    expect(code).toBe(3);
  });

  it('holds what the manifests name, after the log says who and why, and lets it go again', async () => {
    const who = ['--reason', 'Case 2026/17 of the court', '--evidence', lake.folder, '--as', 'Ann'];
    const choice = ['--framework', 'soc2', '--control', 'cc6.1', '--to', '2026-03-01'];
    const on = await store('hold', 'on', ...choice, ...who);
    expect(on.stdout).toMatch(/held now +1 file\nwere so before +0 files/);
    expect([await held(CC61), await held(CC72)]).toEqual([true, false]);
    // No right to bypass opens a hold.
    const { VersionId } = await client.headObject(lake.object(CC61));
    const gone = client.deleteObject({ ...lake.object(CC61), VersionId, BypassGovernanceRetention: true });
    await expect(gone).rejects.toMatchObject({ name: 'AccessDenied' });
    const off = await store('hold', 'off', '--framework', 'soc2', ...who);
    expect(off.stdout).toMatch(/free now +1 file\nwere so before +3 files/);
    expect(await held(CC61)).toBe(false);
    const reader = await openReader(lake.folder);
    const { size } = await reader.checkpoint();
    const found: unknown[] = [];
    for await (const { bytes } of reader.entries(0, size)) {
      const { record_type, details, actor } = JSON.parse(Buffer.from(bytes).toString());
      if (record_type === 'tombstone') found.push({ ...details, named: /Ann/.test(actor) });
    }
    const reason = 'Case 2026/17 of the court';
    expect(found).toEqual([
      {
        ...{ kind: 'legal_hold', on: true, framework: 'soc2', control: 'cc6.1', to: '2026-03-01' },
        ...{ files: 1, reason, named: false },
      },
      { kind: 'legal_hold', on: false, framework: 'soc2', files: 4, reason, named: false },
    ]);
  });
});
