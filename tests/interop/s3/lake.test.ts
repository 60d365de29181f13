import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDay, LAKE_FOLDERS, type ManifestFile } from '../../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import {
  CC61,
  CC72,
  FACT,
  type Fixture,
  firstOfMarch,
  makeFixture,
} from '../../../src/lake/testing/fixture.ts';
import { attachLedger, copyLedger, openLedger } from '../../../src/ledger/index.ts';
import { administrator, become, lockedBucket, storeOn } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

const run = promisify(execFile);
const BIN = join(import.meta.dirname, '../../../src/cli/bin.ts');
const random = (length: number) => new Uint8Array(randomBytes(length));
const FIRST = '2026-03-01';
const COPY = `manifests/${FIRST}.json`;

describe.skipIf(why !== '')(`a lake in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let lake: Fixture;
  let files: ManifestFile[];
  let [bucket, work] = ['', ''];
  const at = () => ['--endpoint', server.endpoint, '--region', server.region, '--path-style'];
  const object = (key: string) => ({ Bucket: bucket, Key: `prod/${key}` });
  const exhibit = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    run(process.execPath, [BIN, ...args], {
      env: { ...process.env, EXHIBIT_STATE: `${lake.folder}-state`, COLUMNS: '80', NO_COLOR: '1' },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout,
        stderr,
      }),
    );
  const verified = (...more: string[]) => exhibit('lake', 'verify', `s3://${bucket}/prod`, ...at(), ...more);
  /** What verify says while an opponent has done something. Its exit code is 1. */
  const differences = async (): Promise<string[]> => {
    const { code, stdout } = await verified();
    expect(code).toBe(1);
    return stdout.split('\n').filter((line) => /^ {2}(?!not closed)/.test(line));
  };
  const pinned = (key: string): string => files.find((file) => file.key === key)?.version ?? '';
  const remove = (key: string, VersionId: string | undefined) =>
    client.deleteObject({ ...object(key), VersionId, BypassGovernanceRetention: true });

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    bucket = await lockedBucket(client);
    work = await lockedBucket(client, false);
    lake = await makeFixture(`${FIRST}T10:00:00.000Z`);
    const map = await firstOfMarch(lake);
    for (const day of ['02', '03']) {
      lake.at(`2026-03-${day}T10:00:00.000Z`);
      await lake.decide(map, ['encrypted', `db${day}`, 'pass'], ['alerts', 'a', 'fail']);
    }
    await lake.ledger.close();
    const place = { endpoint: server.endpoint, region: server.region, path_style: true };
    await attachLedger(
      lake.folder,
      {
        store: { url: `s3://${bucket}/prod`, ...place, lock: { days: 30 } },
        work: { url: `s3://${work}/prod`, ...place },
        lock: { kind: 's3' },
      },
      { clock: lake.clock, random },
    );
    const ledger = await openLedger(lake.folder, { clock: lake.clock, random });
    lake.at('2026-03-04T02:00:00.000Z');
    files = (await closeDay(ledger, FIRST, { clock: lake.clock })).files;
    await closeDay(ledger, '2026-03-02', { clock: lake.clock });
    await ledger.close();
  });
  afterAll(async () => {
    await lake.remove();
    await rm(`${lake.folder}-state`, { recursive: true, force: true });
    client.destroy();
    await server.stop();
  });

  it('is closed there, locked, and each manifest names the versions', async () => {
    expect(files).toHaveLength(5);
    for (const { key, version } of files) {
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
    const Body = Buffer.alloc(files.find(({ key }) => key === FACT)?.bytes ?? 0, 1);
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
    const rebuilt = await exhibit('lake', 'rebuild', lake.folder, '--day', FIRST);
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
    const { code, stdout } = await exhibit('lake', 'verify', `s3://${other}`, ...at());
    expect(stdout).toContain('2 days, 10 files');
    expect(stdout).toContain('note: no file of soc2 has a lock that these credentials can see');
    expect(stdout).toContain(`which its manifest names, is gone`);
    expect(code).toBe(0);
    store.close();
  });
});
