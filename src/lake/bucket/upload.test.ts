import { chmodSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attachLedger, type Ledger, openLedger, openReader } from '../../ledger/index.ts';
import { formatDigest } from '../../record/index.ts';
import { placeStore } from '../../store/index.ts';
import { CLOSE_STEPS, type CloseStep, closeDay, rebuildLake, UPLOAD_STEPS, verifyLake } from '../index.ts';
import { sha256 } from '../manifest.ts';
import { CC61, CC72, DAILY, FACT, type Fixture, firstOfMarch, makeFixture } from '../testing/fixture.ts';

const DAY = '2026-03-01';
const A824 = 'evidence/iso27001/a.8.24/year=2026/month=03/day=01/evidence.parquet';
const COPY = `manifests/${DAY}.json`;

let lake: Fixture;
let ledger: Ledger;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
/** Folders in the place of buckets: the same code but for the requests and the versions. */
const places = () => ({
  store: { url: `file://${lake.folder}-store` },
  work: { url: `file://${lake.folder}-work` },
  lock: { kind: 'sqlite' as const, file: `${lake.folder}-lock.db` },
});
const bucket = () => placeStore(places().store);
const close = (onStep?: (step: CloseStep) => void) =>
  closeDay(ledger, DAY, { clock: lake.clock, ...(onStep === undefined ? {} : { onStep }) });
const again = async () => {
  await ledger.close();
  ledger = await openLedger(lake.folder, { clock: lake.clock, random });
};

beforeEach(async () => {
  lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  await firstOfMarch(lake);
  await lake.ledger.close();
  await attachLedger(lake.folder, places(), { clock: lake.clock, random });
  ledger = await openLedger(lake.folder, { clock: lake.clock, random });
  lake.at('2026-03-02T02:00:00.000Z');
});
afterEach(async () => {
  await ledger.close();
  await lake.remove();
  for (const end of ['-store', '-work', '-lock.db'])
    await rm(`${lake.folder}${end}`, { recursive: true, force: true });
});

describe('a day is closed into the bucket behind the ledger', () => {
  test('with the bytes that its manifest names, and the copy of the manifest', async () => {
    const closed = await close();
    expect(closed.covered).toEqual([]);
    expect(closed.files.map(({ key }) => key)).toEqual([DAILY, A824, CC61, CC72, FACT]);
    for (const { key, sha256: digest } of closed.files)
      expect(formatDigest(sha256((await bucket().get(key)) ?? new Uint8Array()))).toBe(digest);
    expect(JSON.parse(Buffer.from((await bucket().get(COPY)) ?? []).toString())).toMatchObject({
      log_index: closed.log_index,
    });
    expect((await verifyLake(ledger)).problems).toEqual([]);
  });

  test('before the manifest is in the log', async () => {
    const shown: Record<string, number> = {};
    await close((step) => {
      shown[step] ??= Object.keys(shown).length;
    });
    const order = ['files installed', 'file uploaded', 'files uploaded', 'lists stored', 'manifest appended'];
    const steps = Object.keys(shown).filter((step) => order.includes(step));
    expect(steps).toEqual(order);
    expect(Object.keys(shown).at(-1)).toBe('copy uploaded');
  });

  test.each([...CLOSE_STEPS, ...UPLOAD_STEPS])('that breaks off at "%s" and is closed again', async (at) => {
    const stop = close((step) => {
      if (step === at) throw new Error('stopped');
    });
    await expect(stop).rejects.toThrow('stopped');
    await again();
    const before = new Map<string, Uint8Array | undefined>();
    for (const key of [DAILY, A824, CC61, CC72, FACT]) before.set(key, await bucket().get(key));
    const sealed = ['manifest sealed', 'copy written', 'copy uploaded'].includes(at);
    if (sealed) await expect(close()).rejects.toMatchObject({ code: 'LAKE_DAY_CLOSED' });
    else expect((await close()).covered).toEqual([]);
    for (const [key, bytes] of before)
      if (bytes !== undefined) expect(await bucket().get(key)).toEqual(bytes);
    expect(await bucket().get(COPY)).toBeDefined();
    const reader = await openReader(bucket());
    const { size } = await reader.checkpoint();
    let manifests = 0;
    for await (const { bytes } of reader.entries(0, size))
      if (Buffer.from(bytes).includes('"record_type":"manifest"')) manifests += 1;
    expect(manifests).toBe(1);
    expect((await verifyLake(ledger)).problems).toEqual([]);
  });

  test('over an object that somebody put there, and says so', async () => {
    await bucket().put(CC61, Buffer.from('not ours'));
    const closed = await close();
    expect(closed.covered).toEqual([CC61]);
    const named = closed.files.find(({ key }) => key === CC61);
    expect(formatDigest(sha256((await bucket().get(CC61)) ?? new Uint8Array()))).toBe(named?.sha256);
  });

  test('and not where a file was changed on its way', async () => {
    const changed = close((step) => {
      if (step !== 'files installed') return;
      chmodSync(join(lake.folder, FACT), 0o644);
      writeFileSync(join(lake.folder, FACT), 'changed');
    });
    await expect(changed).rejects.toMatchObject({ code: 'LAKE_MISMATCH' });
    expect(await bucket().list('fact/')).toEqual([]);
    expect((await close()).files).toHaveLength(5);
  });
});

describe('a rebuild', () => {
  test('restores the files where there are none, and uploads what the bucket lacks', async () => {
    await close();
    for (const folder of ['fact', 'evidence', 'daily_counts', 'manifests'])
      await rm(join(lake.folder, folder), { recursive: true });
    await bucket().delete(FACT);
    await bucket().delete(COPY);
    expect(await rebuildLake(await openReader(lake.folder))).toEqual({
      days: [
        { day: DAY, outcome: 'same', restored: [DAILY, A824, CC61, CC72, FACT], uploaded: [FACT, COPY] },
      ],
      problems: [],
    });
    expect(await bucket().get(FACT)).toBeDefined();
    expect((await verifyLake(ledger)).problems).toEqual([]);
  });

  test('leaves what differs in the bucket as it is', async () => {
    await close();
    const path = join(`${lake.folder}-store`, CC72);
    await mkdir(dirname(path), { recursive: true });
    await chmod(path, 0o644);
    await writeFile(path, 'changed');
    const { days } = await rebuildLake(await openReader(lake.folder));
    expect(days[0]?.uploaded).toEqual([]);
    expect(Buffer.from((await bucket().get(CC72)) ?? []).toString()).toBe('changed');
  });
});
