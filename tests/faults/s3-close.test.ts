import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE_STEPS, type ManifestFile, rebuildLake, UPLOAD_STEPS } from '../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import { makeFixture } from '../../src/lake/testing/fixture.ts';
import { attachLedger, openReader, REMOTE_STEPS, STEPS, verifyLedger } from '../../src/ledger/index.ts';
import { parseRecord } from '../../src/record/index.ts';
import type { S3Store } from '../../src/store/index.ts';
import { lockedBucket, storeOn } from '../interop/s3/bucket.ts';
import { why } from '../interop/s3/start.ts';
import { S3Workshop } from './s3-workshop.ts';
import { ended } from './workshop.ts';

const RANDOM_KILLS = Number(process.env.EXHIBIT_ROUNDS ?? '6');
const random = (length: number) => new Uint8Array(randomBytes(length));

/** What a close is killed at. The manifest carries its own id, so it is not numbered. */
const KILLS: { name: string; STEP?: string; HITS?: string; LEDGER_STEP?: string }[] = [
  ...[...CLOSE_STEPS, ...UPLOAD_STEPS].map((STEP) => ({ name: `at the step "${STEP}"`, STEP })),
  ...['2', '5'].map((HITS) => ({
    name: `after file ${HITS} of 6 is in the bucket`,
    STEP: 'file uploaded',
    HITS,
  })),
  ...[...STEPS, ...REMOTE_STEPS]
    .filter((step) => step !== 'numbered')
    .map((LEDGER_STEP) => ({ name: `at the ledger’s step "${LEDGER_STEP}" of the manifest`, LEDGER_STEP })),
  ...Array.from({ length: RANDOM_KILLS }, (_, n) => ({ name: `at any moment, ${n}` })),
];
/** From these on the manifest is in the log, or on its way there for the next writer: the day is closed. */
const SEALED = ['manifest sealed', 'copy written', 'copy uploaded'];
const dayOf = (at: number) => new Date(Date.UTC(2026, 2, 1 + at)).toISOString().slice(0, 10);

describe.skipIf(why !== '')(`kill -9 of a close into a bucket of Ceph, and the next close${why}`, () => {
  let shop: S3Workshop;
  let store: S3Store;
  let bucket: string;
  /** Days that were closed before, in order. */
  const closed: string[] = [];

  /** A log with a day for each kill, so that each of them comes upon days that were closed before. */
  beforeAll(async () => {
    shop = await S3Workshop.open(() => makeFixture('2026-03-01T10:00:00.000Z'));
    const { server, client, lake } = shop;
    const map = await lake.announce('r1', [
      ['encrypted', 'soc2/cc6.1'],
      ['encrypted', 'iso27001/a.8.24'],
      ['alerts', 'soc2/cc7.2'],
      ['unused', 'soc2/cc8.1'],
    ]);
    for (const at of [...KILLS.keys(), KILLS.length, KILLS.length + 1]) {
      lake.at(`${dayOf(at)}T10:00:00.000Z`);
      await lake.decide(
        map,
        ['encrypted', `db${at}`, at % 3 === 0 ? 'fail' : 'pass'],
        ['alerts', 'a', 'pass'],
      );
    }
    await lake.ledger.close();
    bucket = await lockedBucket(client);
    const work = await lockedBucket(client, false);
    const place = { endpoint: server.endpoint, region: server.region, path_style: true };
    await attachLedger(
      lake.folder,
      {
        store: { url: `s3://${bucket}/prod`, ...place, lock: { days: 1 } },
        work: { url: `s3://${work}/prod`, ...place },
        lock: { kind: 's3' },
      },
      { clock: Date.now, random },
    );
    store = storeOn(server, { url: `s3://${bucket}/prod` });
  });
  afterAll(() => shop.close(store));

  const start = (at: number, env: Record<string, string> = {}) =>
    shop.start('close-child', { DAY: dayOf(at), NOW: new Date().toISOString(), ...env }, 'pipe');

  /** The manifests in the log of the bucket, by day: each day has one. */
  const manifests = async (): Promise<Map<string, ManifestFile[]>> => {
    const reader = await openReader(store);
    const { size } = await reader.checkpoint();
    const found = new Map<string, ManifestFile[]>();
    for await (const { bytes } of reader.entries(0, size)) {
      const { record_type, details } = parseRecord(bytes);
      if (record_type !== 'manifest') continue;
      const { day, files_digest } = details as { day: string; files_digest: ManifestFile['sha256'] };
      expect(found.has(day), `a second manifest of ${day}`).toBe(false);
      found.set(day, JSON.parse(Buffer.from(await reader.blob(files_digest)).toString()));
    }
    return found;
  };
  const isNamed = (named: Map<string, ManifestFile[]>, key: string, version: string) =>
    [...named.values()].flat().some((file) => file.key === key && file.version === version);

  /** Before anything goes on: whatever the log says to be closed is in the bucket. */
  const namesOnlyWhatIsThere = async (): Promise<void> => {
    for (const file of [...(await manifests()).values()].flat()) {
      const measured = await store.measure(file.key, {
        ...(file.version === undefined ? {} : { version: file.version }),
        most: file.bytes + 1,
      });
      expect([file.key, measured?.digest]).toEqual([file.key, file.sha256]);
    }
  };

  /** The next close, by the real program, and everything that must be true after it. */
  const closesNow = async (at: number): Promise<'closed' | 'was closed'> => {
    await namesOnlyWhatIsThere();
    const close = shop.run('lake', 'close', shop.lake.folder, dayOf(at));
    if (close.code !== 0) expect(close.stderr).toContain('LAKE_DAY_CLOSED');
    const named = await manifests();
    closed.push(dayOf(at));
    expect([...named.keys()].sort()).toEqual(closed);
    // The daily counts, a.8.24, cc6.1, cc7.2, the unused cc8.1, and the facts.
    expect(named.get(dayOf(at))?.map(({ rows }) => rows > 0)).toEqual([true, true, true, true, false, true]);
    // No file was uploaded twice, and each has the version that its manifest names.
    for await (const { key, version, latest } of store.versions('')) {
      if (!/^(fact|daily_counts|evidence)\//.test(key)) continue;
      expect([key, latest, isNamed(named, key, version)]).toEqual([key, true, true]);
    }
    expect((await readdir(shop.lake.folder)).filter((name) => name.startsWith('.lake-'))).toEqual([]);
    const reader = await openReader(shop.lake.folder);
    expect(await rebuildLake(reader, { days: [dayOf(at)] })).toEqual({
      days: [{ day: dayOf(at), outcome: 'same', restored: [], uploaded: [] }],
      problems: [],
    });
    await reader.close();
    return close.code === 0 ? 'closed' : 'was closed';
  };

  it.each(KILLS.map((kill, at) => ({ ...kill, at })))('$name', async ({ at, STEP, HITS, LEDGER_STEP }) => {
    const child = start(at, {
      ...(STEP === undefined ? {} : { STEP }),
      ...(HITS === undefined ? {} : { HITS }),
      ...(LEDGER_STEP === undefined ? {} : { LEDGER_STEP }),
    });
    const end = ended(child);
    if (STEP === undefined && LEDGER_STEP === undefined) {
      if (child.stdout !== null) await once(child.stdout, 'data');
      await sleep(Math.random() * 1_500);
      child.kill('SIGKILL');
      await end;
      await closesNow(at);
      return;
    }
    expect(await end).toBe('SIGKILL');
    const how = await closesNow(at);
    if (STEP !== undefined) expect(how).toBe(SEALED.includes(STEP) ? 'was closed' : 'closed');
  });

  it('three times in a row, at different steps', async () => {
    const at = KILLS.length;
    for (const env of [
      { STEP: 'file uploaded', HITS: '3' },
      { STEP: 'lists stored' },
      { LEDGER_STEP: 'swapped' },
    ])
      expect(await ended(start(at, env))).toBe('SIGKILL');
    await closesNow(at);
  });

  it('and all of it verifies', async () => {
    expect((await verifyLedger(store)).blobs).toMatchObject({ missing: 0, differ: 0 });
    expect((await verifyLedger(shop.lake.folder)).blobs).toMatchObject({ missing: 0, differ: 0 });
    const { code, stdout } = shop.run('lake', 'verify', `s3://${bucket}/prod`, ...shop.at);
    expect(stdout).toMatch(new RegExp(`^${closed.length} days?,`));
    expect(stdout).toContain(': 0 differences from the manifests');
    expect(code).toBe(0);
  });
});
