import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAKE_FOLDERS, query, withBucketReader } from '../../../src/lake/index.ts';
// Not part of the lake's contract: keys of a ledger for tests.
import { CC61, CC72, FACT } from '../../../src/lake/testing/fixture.ts';
import { copyLedger } from '../../../src/ledger/index.ts';
import { administrator, become, lockedBucket, storeOn } from './bucket.ts';
import { type LakeBucket, lakeInBucket } from './lake-bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const FIRST = '2026-03-01';
const COPY = `manifests/${FIRST}.json`;

describe.skipIf(why !== '')(`a lake in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let lake: LakeBucket;
  const object = (key: string) => lake.object(key);
  const verified = (...more: string[]) => lake.exhibit('lake', 'verify', lake.url, ...lake.at, ...more);
  /** What verify says while an opponent has done something. Its exit code is 1. */
  const differences = async (): Promise<string[]> => {
    const { code, stdout } = await verified();
    expect(code).toBe(1);
    return stdout.split('\n').filter((line) => /^ {2}(?!not closed)/.test(line));
  };
  const pinned = (key: string): string => lake.files.find((file) => file.key === key)?.version ?? '';
  const remove = (key: string, VersionId: string | undefined) =>
    client.deleteObject({ ...object(key), VersionId, BypassGovernanceRetention: true });

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    lake = await lakeInBucket(server, client, { days: 30 });
  });
  afterAll(async () => {
    await lake.remove();
    client.destroy();
    await server.stop();
  });

  it('is closed there, locked, and each manifest names the versions', async () => {
    expect(lake.files).toHaveLength(5);
    for (const { key, version } of lake.files) {
      expect(version).toMatch(/.{8}/);
      const head = await client.headObject(object(key));
      expect(head).toMatchObject({ VersionId: version, ObjectLockMode: 'GOVERNANCE' });
    }
    const { code, stdout } = await verified();
    expect(stdout).toMatch(
      /^2 days, 10 files, \d+ bytes: 0 differences from the manifests\n {2}not closed: 2026-03-03, 2026-03-04\n$/,
    );
    expect(code).toBe(0);
  });

  it('says where a delete marker lies over a file', async () => {
    const { VersionId } = await client.deleteObject(object(CC61));
    expect(await differences()).toEqual([
      `  hidden: ${CC61}: a delete marker (${VersionId}) lies over it; version ${pinned(CC61)}, with the bytes that the manifest names, is whole below it`,
    ]);
    await remove(CC61, VersionId);
    expect((await verified()).code).toBe(0);
  });

  it('says where a newer version with other bytes lies over a file, and which one is whole', async () => {
    const Body = Buffer.alloc(lake.files.find(({ key }) => key === FACT)?.bytes ?? 0, 1);
    const { VersionId } = await client.putObject({ ...object(FACT), Body });
    expect(await differences()).toEqual([
      `  overwritten: ${FACT}: version ${VersionId} with other bytes lies over it; version ${pinned(FACT)}, with the bytes that the manifest names, is whole below it`,
    ]);
    await remove(FACT, VersionId);
  });

  it('says it also where the copy of the manifest was made to fit, and still finds the manifest in the log', async () => {
    const Body = Buffer.from('other evidence');
    const planted = await client.putObject({ ...object(CC61), Body });
    const copy = JSON.parse((await (await client.getObject(object(COPY))).Body?.transformToString()) ?? '');
    const forged = await client.putObject({
      ...object(COPY),
      Body: JSON.stringify({ ...copy, log_index: 0, files: [] }),
    });
    expect(await differences()).toEqual([
      expect.stringContaining(`overwritten: ${CC61}: version ${planted.VersionId}`),
      `  manifest_copy: ${COPY} differs from the manifest in the log`,
      `  note: the manifest of ${FIRST} was found by reading the log: its copy did not lead there`,
    ]);
    await remove(CC61, planted.VersionId);
    await remove(COPY, forged.VersionId);
  });

  it('says that a day without the copy of its manifest was looked for', async () => {
    const { VersionId } = await client.deleteObject(object(COPY));
    expect(await differences()).toEqual([
      `  manifest_copy: ${COPY} is missing`,
      `  note: the manifest of ${FIRST} was found by reading the log: its copy did not lead there`,
    ]);
    await remove(COPY, VersionId);
  });

  it('names a file that no manifest names, and a day that is not closed', async () => {
    const key = 'evidence/soc2/cc6.1/year=2026/month=02/day=28/evidence.parquet';
    const { VersionId } = await client.putObject({ ...object(key), Body: 'x' });
    expect(await differences()).toEqual([`  unexpected: ${key} is named by no manifest`]);
    await remove(key, VersionId);
    const { code, stdout } = await verified('--day', '2026-03-03');
    expect(stdout).toContain('manifest: the log has no manifest of 2026-03-03: the day is not closed');
    expect(code).toBe(1);
  });

  it('says whose lock is shorter than that of the others of its framework', async () => {
    const version = { ...object(CC72), VersionId: pinned(CC72) };
    const { ObjectLockRetainUntilDate } = await client.headObject(version);
    const until = (date: Date | undefined) =>
      client.putObjectRetention({
        ...version,
        BypassGovernanceRetention: true,
        Retention: { Mode: 'GOVERNANCE', RetainUntilDate: date },
      });
    await until(new Date(Date.now() + 86_400_000));
    expect(await differences()).toEqual([
      `  lock: ${CC72}: its lock is of 1 days; other files of soc2 have GOVERNANCE, 30 days`,
    ]);
    await until(ObjectLockRetainUntilDate);
    expect((await verified()).code).toBe(0);
  });

  it('says which version is gone, and a rebuild puts its bytes back', async () => {
    await remove(CC61, pinned(CC61));
    await remove(CC72, pinned(CC72));
    await client.putObject({ ...object(CC72), Body: 'something else' });
    expect(await differences()).toEqual([
      `  missing: ${CC61} (version ${pinned(CC61)}) is missing`,
      `  missing: ${CC72} (version ${pinned(CC72)}) is missing, and no other version has its bytes`,
    ]);
    const rebuilt = await lake.exhibit('lake', 'rebuild', lake.folder, '--day', FIRST);
    expect(rebuilt.stdout).toBe(`${FIRST}: the log gives the same bytes; 1 object uploaded\n`);
    const version = (await client.headObject(object(CC61))).VersionId;
    expect(await differences()).toEqual([
      expect.stringContaining(`missing: ${CC72}`),
      `  note: ${CC61}: version ${pinned(CC61)}, which its manifest names, is gone; version ${version} has its bytes`,
    ]);
  });

  it('is compared without versions in a copy, which has others', async () => {
    const other = await lockedBucket(client);
    const store = storeOn(server, { url: `s3://${other}` });
    await copyLedger(lake.folder, store, { folders: LAKE_FOLDERS });
    const { code, stdout } = await lake.exhibit('lake', 'verify', `s3://${other}`, ...lake.at);
    expect(stdout).toContain('2 days, 10 files');
    expect(stdout).toContain('note: no file of soc2 has a lock that these credentials can see');
    expect(stdout).toContain(`which its manifest names, is gone`);
    expect(code).toBe(0);
    store.close();
  });

  it('is not read where a copy lies about a file at its very length, whatever files are compared by', async () => {
    const other = await lockedBucket(client, false);
    const store = storeOn(server, { url: `s3://${other}` });
    await copyLedger(lake.folder, store, { folders: LAKE_FOLDERS });
    const lie = Buffer.from((await store.get(CC61)) ?? []);
    lie.writeUInt8(lie.readUInt8(10) ^ 1, 10);
    await client.putObject({ Bucket: other, Key: CC61, Body: lie });
    const asked = { name: 'decisions', framework: 'soc2', control: 'cc6.1', from: FIRST, to: FIRST };
    const ask = () => withBucketReader(store, (reader) => query(reader, asked, { check: 'size' }));
    const { coverage } = await ask();
    expect(coverage).toMatchObject({ expected: 1, found: 0, complete: false });
    expect(coverage.gaps[0]).toMatchObject({ kind: 'file_differs', key: CC61 });
    // What is there again is read.
    lie.writeUInt8(lie.readUInt8(10) ^ 1, 10);
    await client.putObject({ Bucket: other, Key: CC61, Body: lie });
    const again = await ask();
    expect(again.coverage.found).toBe(1);
    // That decisions of the fixture carry no control map is said in any case.
    expect(again.coverage.gaps.map(({ kind }) => kind)).toEqual(['control_map']);
    store.close();
  });
});
