import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, firstOfMarch, makeFixture } from '../../src/lake/testing/fixture.ts';
import { copyLedger, verifyLedger } from '../../src/ledger/index.ts';
import type { S3Store } from '../../src/store/index.ts';
import { administrator, become, bytes, lockedBucket, storeOn } from '../interop/s3/bucket.ts';
import { type S3Server, startS3, why } from '../interop/s3/start.ts';
import { FAULTS, type Fault, faultsOf, type S3Proxy, startS3Proxy } from './s3-proxy.ts';

const SHARE = 0.3;

describe.skipIf(why !== '')(`a bucket of Ceph behind a network that fails${why}`, () => {
  let server: S3Server;
  let client: S3;
  let proxy: S3Proxy;
  let bucket: string;
  let lake: Fixture;
  /** Through the faults, and past them. */
  let store: S3Store;
  let straight: S3Store;

  beforeAll(async () => {
    server = await startS3();
    client = administrator(server);
    become(server.credentials);
    lake = await makeFixture('2026-03-01T10:00:00.000Z');
    await firstOfMarch(lake);
    const subjects = Array.from({ length: 2_000 }, (_, at) => ['p', `db-${at}`, 'pass'] as const);
    await lake.decide(undefined, ...subjects);
  });
  beforeEach(async () => {
    proxy = await startS3Proxy(server.endpoint);
    bucket = await lockedBucket(client);
    const patience = { tries: 14, pause: 1, seconds: 1 };
    const url = `s3://${bucket}/prod`;
    store = storeOn({ ...server, endpoint: proxy.endpoint }, { url, lock: { days: 1 } }, { patience });
    straight = storeOn(server, { url });
    // Not under faults: it has to be there before.
    await straight.heedsCondition();
  });
  afterEach(async () => {
    store.close();
    straight.close();
    await proxy.stop();
  });
  afterAll(async () => {
    client.destroy();
    await lake.remove();
    await server.stop();
  });

  const impatient = (options: { differing?: 'give' } = {}) =>
    storeOn(
      { ...server, endpoint: proxy.endpoint },
      { url: `s3://${bucket}/prod` },
      { patience: { tries: 3, pause: 1, seconds: 1 }, ...options },
    );

  it('what is acknowledged is there, in the version that was named, and locked; what is not is an error', async () => {
    proxy.next = faultsOf(1, SHARE);
    const all = Array.from({ length: 200 }, (_, at) => ({ key: `k/${at}`, bytes: bytes(`evidence ${at}`) }));
    let refused = 0;
    const acknowledged: { key: string; bytes: Uint8Array; version: string }[] = [];
    for (let from = 0; from < all.length; from += 10)
      await Promise.all(
        all.slice(from, from + 10).map(async (one, at) => {
          try {
            const { version } = await store.put(one.key, one.bytes, { ifAbsent: at % 2 === 0 });
            acknowledged.push({ ...one, version: version ?? '' });
          } catch {
            refused += 1;
          }
        }),
      );
    proxy.next = () => undefined;
    expect(acknowledged.length + refused).toBe(all.length);
    expect(acknowledged.length).toBeGreaterThan(190);
    for (const { key, bytes: wanted, version } of acknowledged) {
      expect(await straight.getVersion(key, version)).toEqual(wanted);
      expect(
        await client.headObject({ Bucket: bucket, Key: `prod/${key}`, VersionId: version }),
      ).toMatchObject({
        ObjectLockMode: 'GOVERNANCE',
      });
    }
    for (const fault of FAULTS) expect(proxy.seen.get(fault), fault).toBeGreaterThan(0);
  });

  it.each(['lost', 'late500', 'slow', 'half'] satisfies Fault[])(
    'an answer that was %s after the work was done makes no second version',
    async (fault) => {
      let failed = false;
      proxy.next = ({ method }) => {
        if (method !== 'PUT' || failed) return undefined;
        failed = true;
        return fault;
      };
      const written = await store.put('once', bytes('x'), { ifAbsent: true });
      expect(failed).toBe(true);
      const { Versions } = await client.listObjectVersions({ Bucket: bucket, Prefix: 'prod/once' });
      expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([written.version]);
    },
  );

  it('a request that came twice is two versions with the same bytes, and an acknowledgement of one of them', async () => {
    proxy.next = ({ method }) => (method === 'PUT' ? 'twice' : undefined);
    const { version } = await store.put('twice', bytes('x'), { ifAbsent: true });
    const { Versions } = await client.listObjectVersions({ Bucket: bucket, Prefix: 'prod/twice' });
    expect(Versions).toHaveLength(2);
    expect(Versions?.map(({ VersionId }) => VersionId)).toContain(version);
    expect(await straight.get('twice')).toEqual(bytes('x'));
  });

  it('an upload in parts is whole', async () => {
    const big = Buffer.alloc(40 * 2 ** 20, 'evidence ');
    const patience = { tries: 14, pause: 1, seconds: 20 };
    const url = `s3://${bucket}/prod`;
    const slow = storeOn({ ...server, endpoint: proxy.endpoint }, { url }, { patience });
    for (const seed of [1, 2, 3]) {
      proxy.next = faultsOf(seed, 0.4, ['500', 'slowdown', 'closed', 'lost', 'late500', 'twice']);
      const { version } = await slow.put(`big/${seed}`, big, { ifAbsent: true });
      proxy.next = () => undefined;
      const stored = await straight.getVersion(`big/${seed}`, version ?? '');
      expect(Buffer.compare(stored ?? bytes(''), big)).toBe(0);
    }
    slow.close();
  });

  it('a ledger is copied whole and verifies, through the faults', async () => {
    proxy.next = faultsOf(7, SHARE);
    const copied = await copyLedger(lake.folder, store);
    const { checkpoint, blobs } = await verifyLedger(store);
    proxy.next = () => undefined;
    expect({ size: checkpoint.size }).toEqual({ size: copied.size });
    expect(blobs).toMatchObject({ missing: 0, differ: 0 });
    for (const key of await straight.list(''))
      if (!key.startsWith('exhibit-check/'))
        expect(await straight.get(key), key).toEqual(new Uint8Array(readFileSync(join(lake.folder, key))));
    expect((await verifyLedger(straight)).checkpoint.root).toEqual(checkpoint.root);
    expect(proxy.seen.size).toBe(FAULTS.length);
  });

  it('a copy that broke off shows no log until it is whole, and goes on', async () => {
    const one = impatient();
    let rounds = 0;
    let written = 0;
    for (let room = 10; ; room += 10) {
      const start = proxy.requests;
      // Credentials that run out in the middle.
      proxy.next = ({ count }) => (count - start > room ? { status: 400, code: 'ExpiredToken' } : undefined);
      const done = await copyLedger(lake.folder, one).catch((error: unknown) => {
        expect(error).toMatchObject({
          code: 'STORE_FAILED',
          hint: expect.stringContaining('goes on from there'),
        });
        return undefined;
      });
      proxy.next = () => undefined;
      rounds += 1;
      if (done !== undefined) {
        written = done.written;
        expect(done.there).toBeGreaterThan(0);
        break;
      }
      expect(await straight.get('log/checkpoint')).toBeUndefined();
    }
    expect(rounds).toBeGreaterThan(3);
    expect(written).toBeGreaterThan(0);
    const { checkpoint } = await verifyLedger(straight);
    expect(checkpoint.size).toBe((await lake.ledger.checkpoint()).size);
    // Each object was written once.
    const { Versions } = await client.listObjectVersions({ Bucket: bucket, Prefix: 'prod/log/' });
    expect(new Set(Versions?.map(({ Key }) => Key)).size).toBe(Versions?.length);
    one.close();
  });

  it('a copy that is killed at any request goes on, and shows no log until it is whole', async () => {
    const run = (killAt: number) => {
      const start = proxy.requests;
      const child = spawn(
        process.execPath,
        [
          ...[
            join(import.meta.dirname, '../../src/cli/bin.ts'),
            'store',
            'copy',
            lake.folder,
            `s3://${bucket}/prod`,
          ],
          ...[
            '--endpoint',
            proxy.endpoint,
            '--region',
            server.region,
            '--path-style',
            '--lock-days',
            '1',
            '--no-verify',
          ],
        ],
        {
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { ...process.env, EXHIBIT_STATE: join(lake.folder, 'state') },
        },
      );
      let said = '';
      child.stderr.on('data', (part: Buffer) => {
        said += part.toString();
      });
      // What was asked at that moment is done, and nobody hears of it.
      proxy.next = ({ count }) => {
        if (count - start !== killAt) return undefined;
        child.kill('SIGKILL');
        return 'lost';
      };
      return new Promise<{ killed: boolean; code: number | null; said: string }>((resolve) =>
        child.once('exit', (code, signal) => resolve({ killed: signal === 'SIGKILL', code, said })),
      );
    };
    for (const killAt of [1, 4, 12, 30, 60]) {
      expect(await run(killAt)).toMatchObject({ killed: true });
      expect(await straight.get('log/checkpoint')).toBeUndefined();
    }
    expect(await run(0)).toEqual({ killed: false, code: 0, said: '' });
    const { checkpoint, blobs } = await verifyLedger(straight);
    expect(checkpoint.size).toBe((await lake.ledger.checkpoint()).size);
    expect(blobs).toMatchObject({ missing: 0, differ: 0 });
  });

  it('a log that differs is not verified by a network that fails, and a store that does not answer is no pass', async () => {
    await copyLedger(lake.folder, straight);
    const file = join(lake.folder, 'log/tile/entries/003');
    const changed = readFileSync(file).toString('latin1').replace('"pass"', '"fail"');
    const copy = join(lake.folder, 'changed');
    writeFileSync(copy, changed, 'latin1');
    chmodSync(copy, 0o644);
    await straight.put('log/tile/entries/003', new Uint8Array(readFileSync(copy)));
    for (const seed of [11, 12, 13]) {
      proxy.next = faultsOf(seed, SHARE);
      await expect(verifyLedger(store)).rejects.toMatchObject({
        code: 'LEDGER_CORRUPT',
        message: expect.stringMatching(/record \d+/),
      });
    }
    for (const fault of ['500', 'closed', { status: 403, code: 'AccessDenied' }] as const) {
      const one = impatient();
      proxy.next = ({ path }) => (path.includes('entries/001') ? fault : undefined);
      await expect(verifyLedger(one)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        location: { file: `s3://${bucket}/prod/log/tile/entries/001` },
      });
      one.close();
    }
    proxy.next = () => undefined;
  });

  it('an answer that comes slowly, and comes, is waited for; one that stops is not', async () => {
    await straight.put('k', bytes('evidence, slowly'));
    proxy.next = ({ method }) => (method === 'GET' ? 'drip' : undefined);
    const one = impatient();
    expect(await one.get('k')).toEqual(bytes('evidence, slowly'));
    expect(proxy.seen.get('drip')).toBe(1);
    proxy.next = ({ method }) => (method === 'GET' ? 'slow' : undefined);
    await expect(one.get('k')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('no answer in time'),
    });
    one.close();
  });

  it('bytes that differ each time are refused, or given to who checks them', async () => {
    await straight.put('k', bytes('evidence'));
    proxy.next = ({ method }) => (method === 'GET' ? 'flipped' : undefined);
    const [strict, checking] = [impatient(), impatient({ differing: 'give' })];
    await expect(strict.get('k')).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('not those that were written'),
    });
    // `n` and `o` differ in the last bit.
    expect(await checking.get('k')).toEqual(bytes('eviddnce'));
    strict.close();
    checking.close();
  });

  it.each([
    [{ status: 301, code: 'PermanentRedirect' }, 'the bucket is not in us-east-1'],
    [{ status: 400, code: 'AuthorizationHeaderMalformed' }, 'the bucket is not in us-east-1'],
    [{ status: 403, code: 'RequestTimeTooSkewed' }, 'clocks'],
    [{ status: 400, code: 'ExpiredToken' }, 'expired'],
    [{ status: 403, code: 'AccessDenied' }, 'access is denied'],
    [{ status: 503, code: 'SlowDown' }, '503 SlowDown'],
    [{ status: 400, code: 'Head' }, 'refused without a reason'],
  ])('says what %j means', async (refusal, words) => {
    const one = impatient();
    proxy.next = () => refusal;
    const asked = refusal.code === 'Head' ? one.put('k', bytes('x'), { ifAbsent: true }) : one.get('k');
    await expect(asked).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
    one.close();
  });
});
