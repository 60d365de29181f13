import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../../src/cli/ledger/verify.ts';
import { type CopyFlags, copy } from '../../../src/cli/store/copy.ts';
import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, firstOfMarch, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { copyLedger, openReader } from '../../../src/ledger/index.ts';
import { blobKey, type S3Store } from '../../../src/store/index.ts';
import { administrator, become, bytes, lockedBucket, storeOn } from './bucket.ts';
import { type S3Server, startS3, why } from './start.ts';

interface Report {
  holds: boolean;
  code?: string;
  message?: string;
  root?: string;
  size?: number;
  blobs?: { whole: number; missing: number; differ: number };
}

describe.skipIf(why !== '')(`a ledger in a bucket of Ceph${why}`, () => {
  let server: S3Server;
  let client: S3;
  let lake: Fixture;
  let bucket: string;
  let store: S3Store;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    lake = await makeFixture('2026-03-01T10:00:00.000Z');
    await firstOfMarch(lake);
    lake.at('2026-03-02T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
    // More than one bundle of entries.
    const subjects = Array.from({ length: 300 }, (_, at) => ['p', `db-${at}`, 'pass'] as const);
    await lake.decide(undefined, ...subjects);
  });
  beforeEach(async () => {
    bucket = await lockedBucket(client);
    store = storeOn(server, { url: `s3://${bucket}/prod` });
  });
  afterAll(async () => {
    client.destroy();
    await lake.remove();
    await server.stop();
  });

  const at = () => ({ endpoint: server.endpoint, region: server.region, pathStyle: true });
  const context = (write: (text: string) => void) => {
    const sink = { isTTY: false, columns: 80, write };
    return {
      env: { EXHIBIT_STATE: join(lake.folder, 'state') },
      cwd: '/',
      clock: Date.now,
      random: (length: number) => new Uint8Array(randomBytes(length)),
      stdout: sink,
      stderr: { ...sink, write: () => undefined },
    };
  };
  const copied = async (folder = lake.folder, flags: Partial<CopyFlags> = {}) => {
    let written = '';
    const common = { ...at(), lockMode: 'governance', verify: true, json: true } as const;
    await copy(
      folder,
      `s3://${bucket}/prod`,
      { ...common, ...flags },
      context((text) => {
        written += text;
      }),
    );
    return JSON.parse(written) as {
      written: number;
      there: number;
      bytes: number;
      size: number;
      root: string;
    };
  };
  const verified = async (): Promise<Report & { exit: number }> => {
    let written = '';
    const exit = await verify(
      `s3://${bucket}/prod`,
      { known: [], vkey: [], json: true, ...at() },
      context((text) => {
        written += text;
      }),
    );
    return { exit, ...(JSON.parse(written) as Report) };
  };
  const versions = async () =>
    (await client.listObjectVersions({ Bucket: bucket })).Versions?.map(
      ({ Key, VersionId }) => `${Key} ${VersionId}`,
    ) ?? [];

  it('is copied with its lake, locked, and verifies there; again, nothing is written', async () => {
    const first = await copied(lake.folder, { lockDays: 30 });
    const { size, root } = await lake.ledger.checkpoint();
    expect(first).toMatchObject({ size, root, there: 0 });
    const keys = await store.list('');
    for (const part of [
      'blobs/sha256/',
      'evidence/soc2/',
      'fact/',
      'manifests/',
      'log/tile/entries/',
      'keys/',
    ])
      expect(keys.some((key) => key.startsWith(part))).toBe(true);
    expect(keys.filter((key) => /signer|^wal|^index|\.db$|^private/.test(key))).toEqual([]);
    expect(first.written).toBe(keys.filter((key) => !key.startsWith('exhibit-check/')).length);
    for (const key of keys.filter((name) => !name.startsWith('exhibit-check/'))) {
      expect(await store.get(key)).toEqual(new Uint8Array(readFileSync(join(lake.folder, key))));
      expect(await client.headObject({ Bucket: bucket, Key: `prod/${key}` })).toMatchObject({
        ObjectLockMode: 'GOVERNANCE',
      });
    }
    const { exit, ...report } = await verified();
    expect(report).toMatchObject({ holds: true, size, root, blobs: { missing: 0, differ: 0 } });
    expect(report.blobs?.whole).toBeGreaterThan(2);
    expect(exit).toBe(0);

    const before = (await versions()).filter((name) => !name.includes('exhibit-check/'));
    expect(await copied(lake.folder, { lockDays: 30 })).toMatchObject({
      written: 0,
      bytes: 0,
      there: first.written,
    });
    expect((await versions()).filter((name) => !name.includes('exhibit-check/'))).toEqual(before);
  });

  it('takes what came since', async () => {
    const first = await copied();
    await lake.decide(undefined, ['p', 'new', 'fail']);
    const second = await copied();
    expect(second.size).toBe(first.size + 1);
    // Two partial tiles, one of hashes and one of entries, and the checkpoint.
    expect(second).toMatchObject({ written: 3, there: first.written - 1 });
    expect(await verified()).toMatchObject({ exit: 0, size: second.size, root: second.root });
  });

  it('is read as from its folder', async () => {
    await copied();
    const [there, here] = [await openReader(store), await openReader(lake.folder)];
    const { size } = await there.checkpoint();
    expect(await there.checkpointText()).toBe(await here.checkpointText());
    const all = async (reader: typeof there) => {
      const found: string[] = [];
      for await (const entry of reader.entries(0, size)) found.push(Buffer.from(entry.bytes).toString());
      return found;
    };
    const entries = await all(there);
    expect(entries).toEqual(await all(here));
    const { record_id, recorded_at } = JSON.parse(entries[260] ?? '') as Record<string, string>;
    expect(await there.find(record_id ?? '')).toBe(260);
    expect(await there.firstAt(recorded_at ?? '')).toBe(await here.firstAt(recorded_at ?? ''));
    expect(await there.proof(260)).toBe(await here.proof(260));
    expect(await there.rootAt(100)).toBe(await here.rootAt(100));
  });

  it('shows what an opponent with all rights did to it, and where', async () => {
    await copied();
    const put = (key: string, Body: Uint8Array | string, digest?: string) =>
      client.putObject({
        Bucket: bucket,
        Key: `prod/${key}`,
        Body,
        ...(digest === undefined ? {} : { Metadata: { 'exhibit-sha256': digest } }),
      });
    const whole = (key: string) => readFileSync(join(lake.folder, key));
    const mended = async (key: string) => {
      await put(key, whole(key));
      expect(await verified()).toMatchObject({ exit: 0 });
    };
    const entries = 'log/tile/entries/000';
    const changed = Buffer.from(whole(entries).toString('latin1').replace('"pass"', '"fail"'), 'latin1');
    expect(changed.equals(whole(entries))).toBe(false);

    // A new version over the object, with the digest of the old one beside it, and without.
    for (const digest of [createHash('sha256').update(whole(entries)).digest('hex'), undefined]) {
      await put(entries, changed, digest);
      expect(await verified()).toMatchObject({
        exit: 1,
        holds: false,
        code: 'LEDGER_CORRUPT',
        message: expect.stringContaining('record'),
      });
    }
    await mended(entries);

    // A delete marker.
    const tile = 'log/tile/0/000';
    await client.deleteObject({ Bucket: bucket, Key: `prod/${tile}` });
    expect(await verified()).toMatchObject({
      exit: 1,
      code: 'LEDGER_CORRUPT',
      message: expect.stringContaining('tile/0/000 is missing'),
    });
    await mended(tile);

    // A blob that a record names, replaced and hidden.
    const named = (await openReader(store)).entries(0, 50);
    let digest: string | undefined;
    for await (const entry of named)
      digest ??= /"control_map_digest":"(sha256:[0-9a-f]{64})"/.exec(
        Buffer.from(entry.bytes).toString(),
      )?.[1];
    const blob = blobKey((digest ?? '') as `sha256:${string}`);
    await put(blob, 'another map');
    expect(await verified()).toMatchObject({ exit: 1, holds: false, blobs: { differ: 1, missing: 0 } });
    await client.deleteObject({ Bucket: bucket, Key: `prod/${blob}` });
    expect(await verified()).toMatchObject({ exit: 3, blobs: { differ: 0, missing: 1 } });
    await mended(blob);
  });

  it('is not copied over a later state, another history or another log', async () => {
    const earlier = `${lake.folder}-earlier`;
    cpSync(lake.folder, earlier, { recursive: true });
    await lake.decide(undefined, ['p', 'later', 'pass']);
    await copied();
    const before = await versions();
    await expect(copied(earlier)).rejects.toMatchObject({ code: 'LEDGER_ROLLBACK' });
    rmSync(earlier, { recursive: true, force: true });

    const other = await makeFixture('2026-03-01T10:00:00.000Z');
    await expect(copyLedger(other.folder, store)).rejects.toMatchObject({
      code: expect.stringMatching(/^(LEDGER_EXISTS|CHECKPOINT_INVALID)$/),
    });
    await other.remove();
    expect(await versions()).toEqual(before);
  });

  it('that does not hold in its folder is not copied', async () => {
    const damaged = `${lake.folder}-damaged`;
    cpSync(lake.folder, damaged, { recursive: true });
    const file = join(damaged, 'log/tile/entries/000');
    chmodSync(file, 0o644);
    writeFileSync(file, readFileSync(file).toString('latin1').replace('"pass"', '"fail"'), 'latin1');
    await expect(copied(damaged)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' });
    expect(await versions()).toEqual([]);
    rmSync(damaged, { recursive: true, force: true });
  });

  it('is not copied where somebody put something else in the place of a file', async () => {
    await client.putObject({ Bucket: bucket, Key: 'prod/log/tile/0/000', Body: bytes('mine') });
    await expect(copied()).rejects.toMatchObject({
      code: 'LEDGER_IO',
      message: expect.stringContaining('tile/0/000'),
    });
    // The checkpoint comes last: nothing says that a log is there.
    expect(await store.get('log/checkpoint')).toBeUndefined();
  });

  it('COMPLIANCE is not taken without a word', async () => {
    const flags = { lockDays: 1, lockMode: 'compliance' } as const;
    await expect(copied(lake.folder, flags)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('acknowledge_irreversible'),
    });
    expect(await copied(lake.folder, { ...flags, acknowledgeIrreversible: true })).toMatchObject({
      there: 0,
    });
    expect(await client.headObject({ Bucket: bucket, Key: 'prod/exhibit.json' })).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
    });
  });

  it('that is not there is said to be none', async () => {
    await expect(verified()).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' });
  });
});
