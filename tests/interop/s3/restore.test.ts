import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { closeDay, LAKE_FOLDERS } from '../../../src/lake/index.ts';
// Not part of the lake's contract: keys of a ledger for tests.
import { CC61, type Fixture, firstOfMarch, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { attachLedger, copyLedger, openLedger, openReader } from '../../../src/ledger/index.ts';
import { administrator, become, lockedBucket, storeOn } from './bucket.ts';
import { type S3Credentials, type S3Server, startS3, why } from './start.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describe.skipIf(why !== '')(`a copy in a bucket of Ceph is brought back${why}`, () => {
  let server: S3Server;
  let client: S3;
  let stranger: S3Credentials;
  let lake: Fixture;
  let machine: Machine;
  let bucket: string;
  let size: number;

  beforeAll(async () => {
    server = await startS3();
    stranger = await server.addUser('stranger');
    client = administrator(server);
    become(server.credentials);
    lake = await makeFixture('2026-03-01T10:00:00.000Z');
    const map = await firstOfMarch(lake);
    lake.at('2026-03-02T02:00:00.000Z');
    await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
    // A full bundle and a part of one.
    const subjects = Array.from({ length: 300 }, (_, at) => ['encrypted', `db-${at}`, 'pass'] as const);
    await lake.decide(map, ...subjects);
    ({ size } = await lake.ledger.checkpoint());
  });
  beforeEach(async () => {
    machine = new Machine('2026-03-02T02:30:00.000Z');
    writeFileSync(join(machine.folder, 'checkpoint'), readFileSync(join(lake.folder, 'log', 'checkpoint')));
    bucket = await lockedBucket(client);
    const store = storeOn(server, { url: `s3://${bucket}/prod` });
    await copyLedger(lake.folder, store, { folders: LAKE_FOLDERS });
    store.close();
  });
  afterEach(() => {
    become(server.credentials);
    rmSync(machine.folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    client.destroy();
    await lake.remove();
    await server.stop();
  });

  const at = () => ['--endpoint', server.endpoint, '--region', server.region, '--path-style'];
  const restore = (...more: string[]) =>
    machine.run('store', 'restore', `s3://${bucket}/prod`, 'back', '--known', 'checkpoint', ...at(), ...more);
  const drill = (...more: string[]) =>
    machine.run(
      ...['store', 'drill', `s3://${bucket}/prod`, '--known', 'checkpoint', '--in', machine.folder],
      ...[...at(), '-o', 'json', ...more],
    );
  const back = () => join(machine.folder, 'back');
  const json = (ended: { code: number; stdout: string; stderr?: string }) => {
    if (ended.stdout === '') throw new Error(`ended with ${ended.code}: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as Record<string, unknown>;
  };
  const steps = (ended: Parameters<typeof json>[0]) =>
    Object.fromEntries(
      (json(ended).steps as { step: string; result: string }[]).map(({ step, result }) => [step, result]),
    );
  const object = (key: string) => ({ Bucket: bucket, Key: `prod/${key}` });
  const put = (key: string, Body: Uint8Array | string) => client.putObject({ ...object(key), Body });
  const hide = (key: string) => client.deleteObject(object(key));
  /** Gone for good: what no lock keeps. */
  const remove = async (key: string) => {
    const { VersionId } = await client.headObject(object(key));
    await client.deleteObject({ ...object(key), VersionId });
  };
  const replace = async (key: string, bytes: Uint8Array) => {
    await remove(key);
    await put(key, bytes);
  };
  const whole = (key: string) => readFileSync(join(lake.folder, key));
  /** The same length, one letter of it another. */
  const changed = (key: string) => {
    const bytes = Buffer.from(whole(key));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return bytes;
  };
  const blob = () => {
    const name = readdirSync(join(lake.folder, 'blobs'), { recursive: true, withFileTypes: true }).find(
      (entry) => entry.isFile(),
    );
    return join(name?.parentPath ?? '', name?.name ?? '').slice(lake.folder.length + 1);
  };
  const partial = () => `.p/${size % 256}`;
  /** Each file of the restored folder that the ledger has, too, has its bytes. */
  const isTheSame = () => {
    let compared = 0;
    for (const folder of ['log/tile', 'blobs', ...LAKE_FOLDERS])
      for (const entry of readdirSync(join(lake.folder, folder), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const key = join(entry.parentPath, entry.name).slice(lake.folder.length + 1);
        // Those of earlier sizes are not restored.
        if (key.includes('.p/') && !existsSync(join(back(), key))) continue;
        expect([key, readFileSync(join(back(), key)).equals(whole(key))]).toEqual([key, true]);
        compared += 1;
      }
    return compared;
  };

  it('whole, and goes on from there', async () => {
    expect(new Set(Object.values(steps(await drill())))).toEqual(new Set(['ok']));
    const signer = join(lake.folder, 'keys', 'signer.key');
    const ended = await restore('--signer', signer, '--from-size', String(size));
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('log, blobs and lake hold');
    expect(isTheSame()).toBeGreaterThan(15);
    expect((await machine.run('ledger', 'seal', 'back', '--heartbeat')).code).toBe(0);
    expect((await machine.run('ledger', 'verify', 'back')).code).toBe(0);
    expect((await machine.run('lake', 'verify', 'back')).code).toBe(0);
  });

  it.each(['log/tile/entries/000', 'log/tile/0/000'])('not without %s, and says so', async (key) => {
    await remove(key);
    for (const ended of [await restore(), await drill()]) {
      expect(ended.code).toBe(3);
      expect(ended.stderr).toContain('LEDGER_CORRUPT');
      expect(ended.stderr).toContain(key.slice(4));
    }
    expect(existsSync(back())).toBe(false);
    expect(readdirSync(machine.folder).filter((name) => name.startsWith('exhibit-drill'))).toEqual([]);
  });

  it.each(['log/tile/entries/000', 'log/tile/0/000', 'log/tile/1/000.p/1'])(
    'not with %s damaged, and says so',
    async (key) => {
      await replace(key, changed(key));
      for (const ended of [await restore(), await drill()]) {
        expect(ended.code).toBe(3);
        expect(ended.stderr).toContain('LEDGER_CORRUPT');
      }
      expect(existsSync(back())).toBe(false);
    },
  );

  it('to read and not to write where a blob or a file of the lake is missing or damaged', async () => {
    const signer = join(lake.folder, 'keys', 'signer.key');
    const write = ['--signer', signer, '--from-size', String(size)];
    await remove(CC61);
    const lacks = await drill();
    expect([lacks.code, steps(lacks)]).toEqual([
      1,
      expect.objectContaining({ log: 'ok', blobs: 'ok', lake: 'not_ok', rebuild: 'ok', query: 'ok' }),
    ]);
    expect((await restore(...write)).stderr).toContain('LAKE_MISMATCH');
    await put(CC61, changed(CC61));
    await replace(blob(), changed(blob()));
    const damaged = await drill();
    expect([damaged.code, steps(damaged)]).toEqual([
      1,
      expect.objectContaining({ log: 'ok', blobs: 'not_ok', lake: 'not_ok' }),
    ]);
    const refused = await restore(...write);
    expect([refused.code, refused.stderr.includes('BLOB_MISSING'), existsSync(back())]).toEqual([
      3,
      true,
      false,
    ]);
    const read = await restore('-o', 'json');
    expect([read.code, json(read)]).toEqual([1, expect.objectContaining({ writable: false, below: [] })]);
    expect(json(read).problems).toEqual([
      expect.stringMatching(/^the blob sha256:\w+ of record \d+ differs$/),
      expect.stringContaining(`${CC61} differs from its manifest`),
    ]);
  });

  // What an opponent can do who may write, and whom the locks keep from more than that.
  it('whole, where something else was put over what lies in it, and says over what', async () => {
    const over = [
      ...['log/tile/1/000.p/1', 'log/tile/0/000', `log/tile/0/001${partial()}`],
      ...['log/tile/entries/000', `log/tile/entries/001${partial()}`, blob(), CC61],
    ];
    for (const key of over) await put(key, changed(key));
    const ended = await restore('-o', 'json');
    expect(ended).toMatchObject({ code: 0 });
    expect(json(ended)).toMatchObject({ problems: [], exit_code: 0, versions_seen: true });
    expect([...(json(ended).below as string[])].sort()).toEqual(over.sort());
    expect(isTheSame()).toBeGreaterThan(15);
    const drilled = await drill();
    expect([drilled.code, new Set(Object.values(steps(drilled)))]).toEqual([0, new Set(['ok'])]);
    expect(drilled.stdout).toContain('from below what lies over them');
  });

  it('whole, where delete markers hide what lies in it', async () => {
    const hidden = [
      ...['log/tile/0/000', `log/tile/0/001${partial()}`, 'log/tile/entries/000'],
      ...[blob(), CC61, 'manifests/2026-03-01.json'],
    ];
    for (const key of hidden) await hide(key);
    const ended = await restore('-o', 'json');
    expect(ended).toMatchObject({ code: 0 });
    expect([...(json(ended).below as string[])].sort()).toEqual(hidden.sort());
    expect(isTheSame()).toBeGreaterThan(15);
    const shown = await machine.run('store', 'restore', `s3://${bucket}/prod`, 'other', ...at());
    expect(shown.stdout).toMatch(/from below +6 objects: something else lies over what was written/);
    expect(shown.stdout).toContain('  from below: log/tile/0/000\n');
  });

  it('not without the right to read, and goes on once there is one', async () => {
    become(stranger);
    for (const ended of [await restore(), await drill()]) {
      expect(ended.code).toBe(3);
      expect(ended.stderr.replaceAll(/\s+/g, ' ')).toContain('access is denied');
    }
    const allow = (Action: string[], Resource: string, Effect = 'Allow') => ({
      ...{ Effect, Principal: { AWS: ['arn:aws:iam:::user/stranger'] }, Action, Resource },
    });
    const policy = (...Statement: ReturnType<typeof allow>[]) =>
      client.putBucketPolicy({
        Bucket: bucket,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
      });
    // The right to see older versions is not needed where nothing lies over anything.
    const list = allow(['s3:ListBucket'], `arn:aws:s3:::${bucket}`);
    const read = allow(['s3:GetObject'], `arn:aws:s3:::${bucket}/*`);
    await policy(list, read, allow(['s3:GetObject'], `arn:aws:s3:::${bucket}/prod/evidence/*`, 'Deny'));
    const part = await restore();
    expect(part.code).toBe(3);
    expect(part.stderr).toContain('STORE_FAILED');
    expect(part.stderr).toContain('prod/evidence/');
    expect(existsSync(back())).toBe(false);
    await policy(list, read);
    const ended = await restore('-o', 'json');
    expect(ended).toMatchObject({ code: 0 });
    expect(json(ended).there).toBeGreaterThan(0);
    expect(json(ended).versions_seen).toBe(false);
    expect(isTheSame()).toBeGreaterThan(15);
  });

  it('while a writer goes on in it: one moment of the log each time', async () => {
    const [Bucket, work] = [await lockedBucket(client), await lockedBucket(client, false)];
    const place = { endpoint: server.endpoint, region: server.region, path_style: true };
    const live = await makeFixture('2026-03-01T10:00:00.000Z', 'test.example/live');
    await firstOfMarch(live);
    await live.ledger.close();
    const options = { clock: live.clock, random };
    await attachLedger(
      live.folder,
      {
        store: { url: `s3://${Bucket}/prod`, ...place, lock: { days: 1 } },
        work: { url: `s3://${work}/prod`, ...place },
        lock: { kind: 's3' },
      },
      options,
    );
    const ledger = await openLedger(live.folder, options);
    let writing = true;
    const writer = (async () => {
      for (let round = 0; writing; round += 1) {
        const records = Array.from({ length: 90 }, (_, i) => ({
          ...{ schema: 'exhibit.record/1' as const, record_type: 'heartbeat' as const, layer: 'ci' as const },
          ...{ emitter: 'ci', tool: 'exhibit', observed_at: '2026-03-01T10:00:00.000Z' },
          record_id: `0192f0c1-0000-7000-8000-${String(round * 1_000 + i).padStart(12, '0')}`,
        }));
        await ledger.append('ci', records);
        await ledger.seal();
      }
    })();
    const sizes: number[] = [];
    // Three times, and until the log is longer than one entry bundle.
    for (let round = 0; round < 3 || (sizes.at(-1) ?? 0) <= 300; round += 1) {
      const name = `back-${round}`;
      const ended = await machine.run(
        ...['store', 'restore', `s3://${Bucket}/prod`, name, ...at(), '-o', 'json'],
      );
      expect(ended).toMatchObject({ code: 0 });
      const { size: had, root } = await (await openReader(join(machine.folder, name))).checkpoint();
      expect(await ledger.rootAt(had)).toBe(root);
      sizes.push(had);
    }
    writing = false;
    await writer;
    expect(new Set(sizes).size).toBeGreaterThan(1);
    expect((await ledger.checkpoint()).size).toBeGreaterThan(300);
    await ledger.close();
    await live.remove();
  });
});
