import { setTimeout as sleep } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the lake's contract: keys of a ledger for tests.
import { CC61, CC72, FACT } from '../../../src/lake/testing/fixture.ts';
import { administrator, become } from './bucket.ts';
import { type LakeBucket, lakeInBucket } from './lake-bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const A824 = 'evidence/iso27001/a.8.24/year=2026/month=03/day=01/evidence.parquet';
const REASON = 'Kept for seven years';

describe.skipIf(why !== '')(`a purge in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let lake: LakeBucket;
  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    lake = await lakeInBucket(server, client, { days: 1 });
  });
  afterAll(async () => {
    await lake.remove();
    client.destroy();
    await server.stop();
  });
  const purge = (framework = 'soc2') =>
    lake.exhibit(
      ...['lake', 'purge', lake.folder, '--framework', framework],
      ...['--before', '2026-03-02', '--reason', REASON],
    );
  const verified = () => lake.exhibit('lake', 'verify', lake.url, ...lake.at);
  const hold = (what: string) =>
    lake.exhibit(
      ...['store', 'hold', lake.url, what, '--framework', 'soc2', '--control', 'cc7.2'],
      ...['--reason', 'a case of the court', ...lake.at],
    );
  const versions = async (key: string) => {
    const { Bucket, Key: Prefix } = lake.object(key);
    const { Versions = [], DeleteMarkers = [] } = await client.listObjectVersions({ Bucket, Prefix });
    return Versions.length + DeleteMarkers.length;
  };
  /** Ends the lock of a file, which a day would do. */
  const end = async (key: string) => {
    const { VersionId } = await client.headObject(lake.object(key));
    await client.putObjectRetention({
      ...{ ...lake.object(key), VersionId, BypassGovernanceRetention: true },
      Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 2_000) },
    });
  };

  it('is refused while a lock is on, and nothing is purged', async () => {
    const { code, stderr } = await purge();
    expect(code).toBe(2);
    const said = stderr.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/version \S+, is locked until 20\S+Z; and 1 more like it: nothing was purged/);
    expect(said).toContain('PURGE_REFUSED');
    expect((await verified()).stdout).toContain(': 0 differences');
  });

  it('is refused while a hold is on one of the files', async () => {
    await end(CC61);
    await end(CC72);
    await sleep(4_000);
    expect((await hold('on')).code).toBe(0);
    const { code, stderr } = await purge();
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('is under legal hold: nothing was purged');
    expect((await hold('off')).code).toBe(0);
  });

  it('deletes all versions, after the tombstone is in the log; verify and queries say so', async () => {
    await client.putObject({ ...lake.object(CC61), Body: 'a version over it' });
    await client.deleteObject(lake.object(CC61));
    const { code, stdout } = await purge();
    expect(stdout).toMatch(
      /purged +2 files of 1 day.*\ntombstones +1 written now\nfacts kept +1 day: another framework/,
    );
    expect(code).toBe(0);
    expect([await versions(CC61), await versions(CC72), await versions(A824)]).toEqual([0, 0, 1]);
    const whole = await verified();
    expect(whole.stdout).toMatch(
      /: 0 differences from the manifests\n {2}.*purged: 2 files of 2026-03-01: Kept for seven years \(tombstone at record \d+\)/s,
    );
    expect(whole.code).toBe(0);
    const folder = await lake.exhibit('lake', 'verify', lake.folder);
    expect(folder.stdout).toContain('purged: 2 files of 2026-03-01');
    expect(folder.code).toBe(0);
  });

  it('keeps what another framework or a lock of its own needs, and takes it later', async () => {
    await end(A824);
    await sleep(4_000);
    const first = await purge('iso27001');
    expect(first.stdout).toMatch(/purged +1 file of 1 day.*\n.*\nfacts kept +1 day: their own lock/);
    expect(await versions(FACT)).toBe(1);
    for (const { key } of lake.files) if (!key.startsWith('evidence/')) await end(key);
    await sleep(4_000);
    const second = await purge('iso27001');
    expect(second.stdout).toMatch(/purged +3 files/);
    expect(await versions(FACT)).toBe(0);
    const { code, stdout } = await verified();
    expect(stdout).toContain(': 0 differences');
    expect(code).toBe(0);
  });

  it('is no excuse for a file that went without a tombstone', async () => {
    const key = CC61.replace('day=01', 'day=02');
    const { VersionId } = await client.headObject(lake.object(key));
    await client.deleteObject({ ...lake.object(key), VersionId, BypassGovernanceRetention: true });
    const { code, stdout } = await verified();
    expect(stdout).toContain(`missing: ${key}`);
    expect(code).toBe(1);
  });

  it('leaves the log whole', async () => {
    const { code } = await lake.exhibit('ledger', 'verify', lake.url, ...lake.at);
    expect(code).toBe(0);
  });
});
