import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExhibitError, parseRecord } from '../../record/index.ts';
import { placeStore } from '../../store/index.ts';
import {
  attachLedger,
  followLedger,
  initLedger,
  joinLedger,
  type Ledger,
  ledgerStatus,
  openLedger,
  openReader,
  remoteOf,
  rotateKey,
  type Step,
  takeOver,
  verifyLedger,
} from '../index.ts';
import { logStore } from '../log-store.ts';
import { decision } from '../testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const random = (length: number) => randomBytes(length);
const options = { clock: () => NOW, random };
let root: string;
let a: string;
let b: string;
const open: Ledger[] = [];

/** Places in folders, with a lock in SQLite: the same code as for buckets, but for the requests. */
const places = () => ({
  store: { url: `file://${root}/store` },
  work: { url: `file://${root}/work` },
  lock: { kind: 'sqlite' as const, file: join(root, 'lock.db') },
});
const bucket = () => placeStore(places().store);
const work = () => placeStore(places().work);

const ledgerOf = async (folder: string, onStep?: (step: Step) => void): Promise<Ledger> => {
  const ledger = await openLedger(folder, { ...options, ...(onStep === undefined ? {} : { onStep }) });
  open.push(ledger);
  return ledger;
};
const some = (count: number) => Array.from({ length: count }, () => decision('ci', NOW));
const ids = async (): Promise<string[]> => {
  const reader = await openReader(bucket());
  const { size } = await reader.checkpoint();
  const all: string[] = [];
  for await (const { bytes } of reader.entries(0, size)) {
    const record = parseRecord(bytes);
    if (record.record_type === 'decision') all.push(record.record_id);
  }
  return all;
};
const signer = () => readFile(join(a, 'keys/signer.key'), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'exhibit-remote-'));
  a = join(root, 'a');
  b = join(root, 'b');
  await initLedger(a, { origin: 'example.com/audit', ...options });
});

afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  await rm(root, { recursive: true });
});

describe('a log in a bucket', () => {
  it('takes what the folder had, and each record is there before it is acknowledged', async () => {
    const before = await ledgerOf(a);
    const first = (await before.append('ci', some(300))).record_ids;
    await before.close();
    expect(await attachLedger(a, places(), options)).toMatchObject({ size: 300 });
    const ledger = await ledgerOf(a);
    const second = (await ledger.append('ci', some(5))).record_ids;
    expect(await work().list('wal/')).toHaveLength(1);
    await ledger.seal();
    expect(await ids()).toEqual([...first, ...second]);
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 305 } });
    expect(await verifyLedger(a)).toMatchObject({ checkpoint: { size: 305 } });
    // Nothing is left of what only a writer needs.
    expect([...(await work().list('wal/')), ...(await work().list('staging/'))]).toEqual([]);
  });

  it('keeps blobs in the bucket, and hands the log to a new key there', async () => {
    await attachLedger(a, places(), options);
    const ledger = await ledgerOf(a);
    const digest = await ledger.putBlob(Buffer.from('an input'));
    await ledger.append('ci', some(3));
    await ledger.close();
    await rotateKey(a, options);
    const reader = await openReader(bucket());
    expect(Buffer.from(await reader.blob(digest)).toString()).toBe('an input');
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 4 } });
  });

  it('has what witnesses co-signed in the bucket, and who stands by has it, too', async () => {
    await attachLedger(a, places(), options);
    const ledger = await ledgerOf(a);
    await ledger.append('ci', some(3));
    await ledger.seal();
    const store = await logStore(a);
    await store.put('log/cosigned/index', Buffer.from('one'));
    await joinLedger(b, places());
    await store.put('log/cosigned/index', Buffer.from('two'));
    expect(Buffer.from((await bucket().get('log/cosigned/index')) ?? []).toString()).toBe('two');
    await followLedger(b);
    expect(await readFile(join(b, 'log/cosigned/index'), 'utf8')).toBe('two');
  });

  it('is sealed where nothing may be deleted: what a tile has outgrown stays beside it', async () => {
    await attachLedger(a, places(), options);
    const ledger = await ledgerOf(a);
    const remote = await remoteOf(a);
    if (remote === undefined) throw new Error('no bucket');
    const deleted: string[] = [];
    remote.store.delete = (key) => {
      deleted.push(key);
      return Promise.reject(new ExhibitError('STORE_FAILED', `${key}: access is denied`));
    };
    await ledger.append('ci', some(200));
    await ledger.seal();
    await ledger.append('ci', some(100));
    expect(await ledger.seal()).toMatchObject({ size: 300 });
    expect(deleted).toContainEqual(expect.stringContaining('.p/200'));
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 300 } });
  });

  it('is followed also where the log outgrows what its checkpoint names, before that is fetched', async () => {
    await attachLedger(a, places(), options);
    const first = await ledgerOf(a);
    await first.append('ci', some(300));
    const { size, root: hash } = await first.seal();
    await joinLedger(b, places());
    await first.append('ci', some(20));
    await first.seal();
    const remote = await remoteOf(b);
    if (remote === undefined) throw new Error('no bucket');
    const { list } = remote.store;
    remote.store.list = async (prefix) => {
      const keys = await list(prefix);
      if (prefix !== 'log/') return keys;
      remote.store.list = list;
      await first.append('ci', some(700));
      await first.seal();
      return keys;
    };
    expect((await followLedger(b)).size).toBe(size + 20);
    expect((await verifyLedger(b)).checkpoint.size).toBe(size + 20);
    expect(await (await openReader(b)).rootAt(size)).toBe(hash);
    expect((await followLedger(b)).size).toBe(size + 720);
  });

  it('is attached once', async () => {
    await attachLedger(a, places(), options);
    await expect(attachLedger(a, places(), options)).rejects.toMatchObject({ code: 'LEDGER_EXISTS' });
    await initLedger(b, { origin: 'example.com/audit', ...options });
    await expect(attachLedger(b, places(), options)).rejects.toMatchObject({
      code: /LEDGER_FORK|CHECKPOINT_INVALID/,
    });
  });
});

describe('another folder takes over', () => {
  beforeEach(async () => {
    await attachLedger(a, places(), options);
    await joinLedger(b, places(), await signer());
  });

  it('seals what was acknowledged, and the first one writes nothing any more', async () => {
    const first = await ledgerOf(a);
    const sealed = (await first.append('ci', some(3))).record_ids;
    await first.seal();
    const waiting = (await first.append('ci', some(4))).record_ids;
    await expect(ledgerOf(b)).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    expect((await ledgerStatus(a)).bucket).toMatchObject({
      store: `file://${root}/store`,
      writes: 'this folder',
      epoch: 1,
    });
    expect((await ledgerStatus(b)).bucket).toMatchObject({ writes: 'another folder', epoch: 1 });
    expect(await takeOver(b, options)).toMatchObject({ epoch: 2, size: 7, sealed: 4 });
    await expect(first.append('ci', some(1))).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    await expect(first.seal()).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    const second = await ledgerOf(b);
    const more = (await second.append('ci', some(2))).record_ids;
    await second.seal();
    expect(await ids()).toEqual([...sealed, ...waiting, ...more]);
    // Numbers go on where the first writer ended, without a gap and without one used twice.
    const reader = await openReader(bucket());
    const numbers: number[] = [];
    for await (const { bytes } of reader.entries(0, 9)) numbers.push(parseRecord(bytes).sequence ?? -1);
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('and back again: what the first folder still had on its disk is not taken for acknowledged', async () => {
    const first = await ledgerOf(a);
    await first.append('ci', some(3));
    await takeOver(b, options);
    await expect(first.append('ci', some(1))).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    await first.close();
    const second = await ledgerOf(b);
    await second.append('ci', some(300));
    await second.seal();
    const last = (await second.append('ci', some(1))).record_ids;
    await second.close();
    expect(await takeOver(a, options)).toMatchObject({ epoch: 3, size: 304 });
    const again = await ledgerOf(a);
    await again.append('ci', some(1));
    await again.seal();
    expect((await ids()).slice(-2, -1)).toEqual(last);
    expect(await verifyLedger(a)).toMatchObject({ checkpoint: { size: 305 } });
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 305 } });
  });

  it.each([
    'frame synced',
    'shipped',
    'claimed',
    'staged',
    'swapped',
    'applied',
    'committed',
    'published',
    'indexed',
  ] as const)('after the first one has ended at "%s"', async (last) => {
    let armed = false;
    const first = await ledgerOf(a, (step) => {
      if (armed && step === last) throw new Error(`ended at ${step}`);
    });
    const acknowledged = (await first.append('ci', some(300))).record_ids;
    armed = true;
    await first.append('ci', some(2)).then(
      ({ record_ids }) => acknowledged.push(...record_ids),
      () => undefined,
    );
    await first.seal().catch(() => undefined);
    await takeOver(b, options);
    const found = await ids();
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(found).size).toBe(found.length);
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: found.length } });
    expect(await verifyLedger(b)).toMatchObject({ checkpoint: { size: found.length } });
    expect(await work().list('')).toEqual([]);
  });

  it('after the same folder has ended at a step, it goes on by itself', async () => {
    for (const last of ['staged', 'swapped', 'applied'] as const) {
      const first = await ledgerOf(a, (step) => {
        if (step === last) throw new Error(`ended at ${step}`);
      });
      await first.append('ci', some(2));
      await expect(first.seal()).rejects.toThrow(`ended at ${last}`);
      await first.close();
      const next = await ledgerOf(a);
      await next.seal();
      await next.close();
    }
    expect(await ids()).toHaveLength(6);
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 6 } });
  });

  it('one that ended while it took over acknowledges nothing before it has done so', async () => {
    const first = await ledgerOf(a);
    const waiting = (await first.append('ci', some(3))).record_ids;
    const end = (step: Step) => {
      if (step === 'swapped') throw new Error('ended');
    };
    await expect(takeOver(b, { ...options, onStep: end })).rejects.toThrow('ended');
    // As another process sees it.
    const copy = join(root, 'c');
    await cp(b, copy, { recursive: true });
    await expect(ledgerOf(copy)).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    await expect(first.append('ci', some(1))).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
    await takeOver(copy, options);
    const next = await ledgerOf(copy);
    const more = (await next.append('ci', some(1))).record_ids;
    await next.seal();
    // What was refused may be there, too: nobody was told that it is not.
    expect(await ids()).toEqual(expect.arrayContaining([...waiting, ...more]));
  });

  it('only where the lock is still what was seen', async () => {
    const first = await ledgerOf(a);
    await first.append('ci', some(1));
    await first.seal();
    await expect(
      takeOver(b, { ...options, ifStill: 'c0ffee00-0000-4000-8000-000000000000' }),
    ).rejects.toMatchObject({
      code: 'LEDGER_FENCED',
    });
    await first.append('ci', some(1));
  });

  it('not with another key', async () => {
    await initLedger(join(root, 'other'), { origin: 'example.com/audit', ...options });
    await cp(join(root, 'other/keys/signer.key'), join(b, 'keys/signer.key'), { force: true });
    await expect(takeOver(b, options)).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    const first = await ledgerOf(a);
    await first.append('ci', some(1));
  });
});

describe('what somebody does in the places of a log', () => {
  beforeEach(() => attachLedger(a, places(), options));

  it('a copy of the folder does not write beside it', async () => {
    const first = await ledgerOf(a);
    await first.close();
    await cp(a, b, { recursive: true });
    await (await ledgerOf(b)).append('ci', some(1));
    await (await ledgerOf(b)).seal({ heartbeat: true });
    const late = await ledgerOf(a);
    await late.append('ci', some(1)).catch(() => undefined);
    await expect(late.seal({ heartbeat: true })).rejects.toMatchObject({ code: 'LEDGER_FENCED' });
  });

  it('what is staged goes into the log only where it leads to the signed root', async () => {
    const first = await ledgerOf(a, (step) => {
      if (step === 'swapped') throw new Error('ended');
    });
    await first.append('ci', some(3));
    await first.seal().catch(() => undefined);
    const [key = ''] = await work().list('staging/');
    const forged = Buffer.alloc(6 + 'log/tile/0/007'.length + 1);
    forged.writeUInt16BE(14, 0);
    forged.write('log/tile/0/007', 2);
    forged.writeUInt32BE(1, 16);
    await work().put(key, await promisify(zstdCompress)(forged));
    await joinLedger(b, places(), await signer());
    await expect(takeOver(b, options)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' });
    expect(await bucket().get('log/tile/0/007')).toBeUndefined();
  });

  it.each(['before the next seal has begun', 'while it is at work', 'after it has ended'])(
    'a write of the lock whose answer was lost, and that comes %s, makes no fork and loses nothing',
    async (when) => {
      const ledger = await ledgerOf(a);
      await ledger.append('ci', some(3));
      await ledger.seal();
      const { cell } = (await remoteOf(a)) ?? {};
      if (cell === undefined) throw new Error('there is no bucket');
      const { swap, read } = cell;
      let late: (() => Promise<string | undefined>) | undefined;
      cell.swap = async (tag, text) => {
        late = () => swap(tag, text);
        throw new ExhibitError('STORE_FAILED', 'no answer in time');
      };
      const { record_ids } = await ledger.append('ci', some(300));
      await expect(ledger.seal()).rejects.toMatchObject({ code: 'STORE_FAILED' });
      cell.swap = swap;
      if (when.startsWith('before')) expect(await late?.()).toBeDefined();
      if (when.startsWith('while')) {
        // Between the look at the lock and the first write of the next seal.
        cell.read = async () => {
          const held = await read();
          cell.read = read;
          await late?.();
          return held;
        };
        await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_BUSY' });
      }
      await ledger.seal();
      if (when.startsWith('after')) expect(await late?.()).toBeUndefined();
      await ledger.append('ci', some(1));
      await ledger.seal();
      expect((await ids()).slice(3, 303)).toEqual(record_ids);
      expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 304 } });
      expect(await work().list('')).toEqual([]);
    },
  );

  it('an earlier checkpoint that came late is put right; one of another log stops the writer', async () => {
    const first = await ledgerOf(a);
    await first.append('ci', some(3));
    await first.seal();
    const early = (await bucket().get('log/checkpoint')) ?? new Uint8Array();
    await first.append('ci', some(3));
    await first.seal();
    await first.append('ci', some(3));
    await first.seal();
    await bucket().put('log/checkpoint', early);
    await joinLedger(b, places(), await signer());
    await takeOver(b, options);
    expect(await verifyLedger(bucket())).toMatchObject({ checkpoint: { size: 9 } });
    await bucket().put(
      'log/checkpoint',
      Buffer.from(Buffer.from(early).toString().replace('\n3\n', '\n4\n')),
    );
    await expect(followLedger(a)).rejects.toMatchObject({ code: /CHECKPOINT_INVALID|LEDGER_ROLLBACK/ });
    await expect(takeOver(a, options)).rejects.toMatchObject({ code: 'LEDGER_FORK' });
  });

  it('a damaged piece of a write-ahead log stops the one who takes over, and is kept', async () => {
    const first = await ledgerOf(a);
    await first.append('ci', some(3));
    const [key = ''] = await work().list('wal/');
    await work().put(key, Buffer.from('damage'));
    await joinLedger(b, places(), await signer());
    await expect(takeOver(b, options)).rejects.toMatchObject({ code: 'WAL_CORRUPT' });
    expect(await work().list('wal/')).toEqual([key]);
  });

  it('settings that cannot be read are no folder of its own', async () => {
    await writeFile(join(a, 'remote.json'), '{"format": "exhibit.remote/2"}');
    const copy = join(root, 'copy');
    await cp(a, copy, { recursive: true });
    await expect(openLedger(copy, options)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await readdir(join(copy, 'wal'))).toEqual([]);
  });
});
