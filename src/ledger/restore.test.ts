import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type NamedStore, namedFolder } from '../store/index.ts';
import {
  copyLedger,
  goOnFrom,
  initLedger,
  type Ledger,
  missingNumbers,
  openLedger,
  openReader,
  restoreLedger,
  rotateKey,
  verifyLedger,
} from './index.ts';
import { decision } from './testing/records.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
let now = Date.parse('2026-03-01T10:00:00.000Z');
const clock = () => now;

let work: string;
let folder: string;
let ledger: Ledger;
let vkey: string;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'exhibit-restore-'));
  folder = join(work, 'evidence');
  ({ vkey } = await initLedger(folder, { origin: 'test.example/restore', random, clock }));
  ledger = await openLedger(folder, { clock, random });
});
afterEach(async () => {
  await ledger.close();
  rmSync(work, { recursive: true, force: true });
});

/** Records, each tenth with a blob of its own, sealed. */
async function write(to: Ledger, count: number): Promise<void> {
  const drafts = [];
  for (let i = 0; i < count; i += 1) {
    now += 1;
    const own = i % 10 === 0 ? { input_ref: await to.putBlob(random(40)) } : {};
    drafts.push(decision('ci/shop', now, own));
  }
  await to.append('ci/shop', drafts);
  await to.seal();
}

const secret = () => readFileSync(join(folder, 'keys', 'signer.key'), 'utf8');
const tiles = (path: string) =>
  readdirSync(join(path, 'log', 'tile'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

describe('a copy that is made while the ledger is written to', () => {
  test('is one moment of it: each record that its checkpoint covers is there, with its blob', async () => {
    await write(ledger, 300);
    const target = namedFolder(join(work, 'copy'));
    let puts = 0;
    const busy: NamedStore = {
      ...target,
      async put(key, bytes, options) {
        // Enough that tiles become full, and partial ones go, while others are copied.
        if (puts++ % 6 === 0) await write(ledger, 97);
        return target.put(key, bytes, options);
      },
    };
    const copied = await copyLedger(folder, busy);
    expect(copied.size).toBe(300);
    expect((await ledger.checkpoint()).size).toBeGreaterThan(600);
    const verified = await verifyLedger(target.name, { threads: 0 });
    expect([verified.checkpoint.size, verified.blobs?.missing, verified.blobs?.differ]).toEqual([300, 0, 0]);
    // The next one takes what was written meanwhile, and nothing twice.
    const again = await copyLedger(folder, target);
    expect(again.size).toBe((await ledger.checkpoint()).size);
    expect(again.there).toBeGreaterThan(30);
    expect((await verifyLedger(target.name, { threads: 0 })).blobs?.missing).toBe(0);
  });
});

describe('restore', () => {
  test('gives the log as it was copied, to read and not to write', async () => {
    await write(ledger, 300);
    const copy = namedFolder(join(work, 'copy'));
    const { root } = await copyLedger(folder, copy);
    const back = join(work, 'back');
    expect(await restoreLedger(copy, back)).toMatchObject({ size: 300, root, there: 0 });
    expect(await restoreLedger(copy, back)).toMatchObject({ size: 300, root, written: 0 });
    const { checkpoint, blobs } = await verifyLedger(back, { threads: 0 });
    expect([checkpoint.size, blobs?.missing]).toEqual([300, 0]);
    expect(readdirSync(join(back, 'keys')).filter((name) => name.startsWith('signer'))).toEqual([]);
    await expect(openLedger(back, { clock, random })).rejects.toMatchObject({ code: 'LEDGER_KEY' });
  });

  test('leaves out what a broken copy has beyond its checkpoint, so that a writer who goes on does not meet it', async () => {
    await write(ledger, 300);
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    await write(ledger, 400);
    const broken: NamedStore = {
      ...copy,
      put: (key, bytes, options) =>
        key === 'log/checkpoint'
          ? Promise.reject(new Error('the machine is gone'))
          : copy.put(key, bytes, options),
    };
    await expect(copyLedger(folder, broken)).rejects.toThrow('the machine is gone');
    expect(tiles(copy.name)).toContain('log/tile/entries/001');
    const back = join(work, 'back');
    await restoreLedger(copy, back);
    expect(tiles(back)).toEqual([
      ...['log/tile/0/000', 'log/tile/0/001.p/44', 'log/tile/1/000.p/1'],
      ...['log/tile/entries/000', 'log/tile/entries/001.p/44'],
    ]);
    await goOnFrom(back, secret());
    const other = await openLedger(back, { clock, random });
    await write(other, 400);
    await other.seal({ heartbeat: true });
    expect((await other.checkpoint()).size).toBe(701);
    await other.close();
    const { checkpoint, blobs } = await verifyLedger(back, { threads: 0 });
    expect([checkpoint.size, blobs?.missing]).toEqual([701, 0]);
  });

  /** A store whose log goes on after its checkpoint was read: at once, or before its n-th tile is read. */
  const growing = (source: NamedStore, when: (key: string) => boolean): NamedStore => {
    let grown = false;
    const grow = async (key: string) => {
      if (grown || !when(key)) return;
      grown = true;
      await write(ledger, 700);
    };
    return {
      ...source,
      async get(key) {
        await grow(key);
        return source.get(key);
      },
      async list(prefix) {
        await grow(`list ${prefix}`);
        return source.list(prefix);
      },
    };
  };

  test.each([
    ['before its tiles are listed', 'list keys/'],
    ['before a partial tile is read', 'log/tile/0/001.p/44'],
    ['before a partial bundle is read', 'log/tile/entries/001.p/44'],
    ['before a tile of the next level is read', 'log/tile/1/000.p/1'],
  ])('of a log that is written to: it outgrows what the checkpoint names %s', async (_, at) => {
    await write(ledger, 300);
    const { root } = await ledger.checkpoint();
    const back = join(work, 'back');
    const live = growing(namedFolder(folder), (key) => key === at);
    expect(await restoreLedger(live, back)).toMatchObject({ size: 300, root });
    expect((await ledger.checkpoint()).size).toBe(1_000);
    expect(tiles(back)).toEqual([
      ...['log/tile/0/000', 'log/tile/0/001.p/44', 'log/tile/1/000.p/1'],
      ...['log/tile/entries/000', 'log/tile/entries/001.p/44'],
    ]);
    const { checkpoint, blobs } = await verifyLedger(back, { threads: 0 });
    expect([checkpoint.size, blobs?.missing]).toEqual([300, 0]);
  });

  test('of a copy that has a full tile, or a wider one, where its checkpoint covers a part', async () => {
    await write(ledger, 300);
    const note = readFileSync(join(folder, 'log', 'checkpoint'));
    await write(ledger, 50);
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    for (const path of ['0/001.p/44', 'entries/001.p/44']) await copy.delete(`log/tile/${path}`);
    await copy.put('log/checkpoint', note);
    const back = join(work, 'back');
    await restoreLedger(copy, back);
    expect(tiles(back)).toContain('log/tile/entries/001.p/44');
    expect((await verifyLedger(back, { threads: 0 })).checkpoint.size).toBe(300);

    await write(ledger, 200);
    const full = namedFolder(join(work, 'full'));
    await copyLedger(folder, full);
    await full.put('log/checkpoint', note);
    expect(tiles(full.name)).not.toContain('log/tile/entries/001.p/44');
    await restoreLedger(full, join(work, 'other'));
    expect((await verifyLedger(join(work, 'other'), { threads: 0 })).checkpoint.size).toBe(300);
  });

  test('of a copy that lacks a tile says which', async () => {
    await write(ledger, 300);
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    await copy.delete('log/tile/0/000');
    await expect(restoreLedger(copy, join(work, 'back'))).rejects.toMatchObject({
      code: 'LEDGER_CORRUPT',
      location: { file: 'tile/0/000' },
    });
  });

  test('of a smaller copy, after that of a larger one broke off: nothing of the larger one is left', async () => {
    await write(ledger, 300);
    const small = namedFolder(join(work, 'small'));
    await copyLedger(folder, small);
    await write(ledger, 300);
    const large = namedFolder(join(work, 'large'));
    await copyLedger(folder, large);
    const back = join(work, 'back');
    const broken: NamedStore = {
      ...large,
      get: (key) => (key.includes('entries/002') ? Promise.reject(new Error('gone')) : large.get(key)),
    };
    await expect(restoreLedger(broken, back)).rejects.toThrow('gone');
    expect((await restoreLedger(small, back)).size).toBe(300);
    expect(tiles(back)).toEqual(tiles(small.name));
    expect((await verifyLedger(back, { threads: 0 })).checkpoint.size).toBe(300);
  });

  test('is not made over a ledger', async () => {
    await write(ledger, 1);
    await expect(restoreLedger(namedFolder(folder), folder)).rejects.toMatchObject({ code: 'LEDGER_EXISTS' });
  });

  test('an empty ledger comes back, too', async () => {
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    const back = join(work, 'back');
    expect((await restoreLedger(copy, back)).size).toBe(0);
    await goOnFrom(back, secret());
    const other = await openLedger(back, { clock, random });
    await write(other, 2);
    await other.close();
    expect((await verifyLedger(back, { threads: 0 })).checkpoint.size).toBe(2);
  });
});

describe('to go on from a restored copy', () => {
  test('numbers go on where the log ended, those of the ledger too, and time does not go back', async () => {
    await write(ledger, 5);
    await ledger.seal({ heartbeat: true });
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    const back = join(work, 'back');
    await restoreLedger(copy, back);
    await goOnFrom(back, secret());
    const other = await openLedger(back, { clock: () => now - 60_000, random });
    await other.append('ci/shop', [decision('ci/shop', now)]);
    await other.seal();
    await other.seal({ heartbeat: true });
    await other.close();
    const reader = await openReader(back);
    const records: { emitter: string; sequence: number; recorded_at: string }[] = [];
    for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
      records.push(JSON.parse(Buffer.from(bytes).toString()) as (typeof records)[number]);
    const numbers = (emitter: string) =>
      records.filter((record) => record.emitter === emitter).map(({ sequence }) => sequence);
    expect(numbers('ci/shop')).toEqual([0, 1, 2, 3, 4, 5]);
    const own = numbers('exhibit.ledger');
    expect(own).toEqual(own.map((_, i) => i));
    expect(own.length).toBeGreaterThanOrEqual(2);
    const times = records.map(({ recorded_at }) => recorded_at);
    expect(times).toEqual([...times].sort());
    expect((await missingNumbers(reader)).missing).toEqual([]);
    await reader.close();
  });

  test('wants the key that signs now, and says which that is', async () => {
    await write(ledger, 3);
    const first = secret();
    await ledger.close();
    await rotateKey(folder, { clock, random });
    ledger = await openLedger(folder, { clock, random });
    await write(ledger, 3);
    const copy = namedFolder(join(work, 'copy'));
    await copyLedger(folder, copy);
    const back = join(work, 'back');
    await restoreLedger(copy, back);
    await expect(goOnFrom(back, first)).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    await expect(goOnFrom(back, 'nonsense')).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    expect(readdirSync(back)).not.toContain('writer.db');
    await goOnFrom(back, secret());
    await expect(goOnFrom(back, secret())).rejects.toMatchObject({ code: 'LEDGER_EXISTS' });
    const other = await openLedger(back, { clock, random });
    await write(other, 3);
    await other.close();
    expect((await verifyLedger(back, { threads: 0, vkeys: [vkey] })).handovers).toHaveLength(1);
  });
});
