import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRecord, type RecordDraft } from '../record/index.ts';
import { parseNote, parseVkey, verifyProof } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { cosigner } from '../verify/testing/cosigner.ts';
import {
  acceptClock,
  initLedger,
  type Ledger,
  type LedgerOptions,
  openLedger,
  openReader,
  rebuildIndex,
  rotateKey,
  type Step,
  verifyLedger,
} from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const random = (length: number) => randomBytes(length);
let folder: string;
let vkey: string;
let now: number;
const open: Ledger[] = [];

const ledgerOf = async (options: Partial<LedgerOptions> = {}): Promise<Ledger> => {
  const ledger = await openLedger(folder, { clock: () => now, random, ...options });
  open.push(ledger);
  return ledger;
};

const records = async (ledger: Ledger): Promise<ReturnType<typeof parseRecord>[]> => {
  const { size } = await ledger.checkpoint();
  const all = [];
  for await (const { bytes } of ledger.entries(0, size)) all.push(parseRecord(bytes));
  return all;
};

beforeEach(async () => {
  now = NOW;
  folder = join(await mkdtemp(join(tmpdir(), 'exhibit-ledger-')), 'ledger');
  vkey = (await initLedger(folder, { origin: 'example.com/audit', random, clock: () => now })).vkey;
});

afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  await rm(join(folder, '..'), { recursive: true });
});

describe('append and seal', () => {
  it('gives records their numbers, their time and their place', async () => {
    const ledger = await ledgerOf();
    const sent = [decision('ci', now), decision('ci', now), decision('ci', now)];
    const { record_ids } = await ledger.append('ci', sent);
    expect(record_ids).toEqual(sent.map(({ record_id }) => record_id));
    now += 1500;
    const sealed = await ledger.seal();
    expect(sealed).toMatchObject({ size: 3, added: 3, duplicates: 0 });
    expect(await records(ledger)).toEqual(
      sent.map((record, sequence) => ({ ...record, sequence, recorded_at: '2026-11-23T09:00:01.500Z' })),
    );
    expect(await ledger.checkpoint()).toEqual({
      origin: 'example.com/audit',
      size: 3,
      root: sealed.root,
    });
  });

  it('proves each record against the checkpoint, at every size around a full tile', async () => {
    const ledger = await ledgerOf();
    const keys = [parseVkey(nodeCrypto.sha256, vkey)];
    for (const count of [1, 1, 253, 1, 1, 300]) {
      await ledger.append(
        'ci',
        Array.from({ length: count }, () => decision('ci', now)),
      );
      await ledger.seal();
      const { size } = await ledger.checkpoint();
      for (const index of new Set([0, Math.floor(size / 2), size - 1])) {
        const { bytes } = await ledger.entry(index);
        expect(verifyProof(bytes, await ledger.proof(index), keys, nodeCrypto).checkpoint.size).toBe(size);
      }
    }
  });

  it('drops a resend and keeps what an emitter sent under a number that it used before', async () => {
    const ledger = await ledgerOf();
    const first: RecordDraft = { ...decision('edge', now), sequence: 0 };
    const other: RecordDraft = { ...decision('edge', now), sequence: 0, message: 'another one' };
    await ledger.appendNumbered([first]);
    await ledger.seal();
    await ledger.appendNumbered([first, other, other]);
    expect(await ledger.seal()).toMatchObject({ size: 2, added: 1, duplicates: 2 });
    await ledger.appendNumbered([other]);
    expect(await ledger.seal()).toMatchObject({ size: 2, added: 0, duplicates: 1 });
    const [, gap] = await records(ledger);
    expect(gap).toMatchObject({
      record_type: 'gap',
      emitter: 'exhibit.ledger',
      sequence: 0,
      details: { kind: 'sequence reused', emitter: 'edge', sequence: 0, first: 0 },
    });
    const blob = await ledger.blob(gap?.details?.blob as `sha256:${string}`);
    expect(JSON.parse(Buffer.from(blob).toString())).toEqual(other);
  });

  it('finds records by id, also when another process opens the folder', async () => {
    const ledger = await ledgerOf();
    const sent = Array.from({ length: 600 }, () => decision('ci', now));
    await ledger.append('ci', sent);
    await ledger.seal();
    const reader = await openReader(folder);
    expect(await reader.find(sent[417]?.record_id ?? '')).toBe(417);
    expect(await reader.find(decision('ci', now).record_id)).toBeUndefined();
    await reader.close();
  });
});

describe('keys', () => {
  it('leads a reader of the first key over two key changes', async () => {
    const ledger = await ledgerOf();
    await ledger.append('ci', [decision('ci', now)]);
    const rotation = { clock: () => now, random };
    const second = await rotateKey(folder, rotation);
    expect(second.size).toBe(2);
    // The checkpoint of the announcement holds under either key.
    await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
    await verifyLedger(folder, { vkeys: [second.vkey], threads: 0 });
    await ledger.append('ci', [decision('ci', now)]);
    expect(await ledger.seal()).toMatchObject({ size: 3 });
    const third = await rotateKey(folder, rotation);
    await ledger.append('ci', [decision('ci', now)]);
    await ledger.seal();
    const verified = await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
    expect(verified.handovers.map(({ validFromSize }) => validFromSize)).toEqual([4, 2]);
    expect(verified.checkpoint.size).toBe(5);
    expect((await verifyLedger(folder, { vkeys: [third.vkey] })).handovers).toEqual([]);
    await expect(
      verifyLedger(folder, { vkeys: [second.vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))] }),
    ).rejects.toThrow();
  });

  it.each(['tiles written', 'committed', 'published', 'indexed'] as const)(
    'carries a change through that was cut off after "%s"',
    async (at) => {
      const ledger = await ledgerOf();
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
      const onStep = (step: Step) => {
        if (step === at) throw new Error('cut off');
      };
      await expect(rotateKey(folder, { clock: () => now, random, onStep })).rejects.toThrow('cut off');
      // A witness may have added its line to what readers see, before the crash or after it.
      const shown = join(folder, 'log/checkpoint');
      const note = await readFile(shown, 'utf8');
      await chmod(shown, 0o644);
      await writeFile(shown, note + cosigner('w.example.com', 1).cosign(parseNote(note).text, 1));
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
      const { handovers } = await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
      const sealed = at !== 'tiles written';
      expect(handovers.map(({ validFromSize }) => validFromSize)).toEqual(sealed ? [2] : []);
      expect((await records(ledger)).map(({ record_type }) => record_type)).toEqual(
        sealed ? ['decision', 'key', 'decision', 'decision'] : ['decision', 'decision', 'decision'],
      );
    },
  );

  it('keeps the private key to its owner, and refuses one that others may read', async () => {
    const key = join(folder, 'keys/signer.key');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    await chmod(key, 0o644);
    await expect(ledgerOf()).rejects.toMatchObject({ code: 'LEDGER_KEY' });
  });

  it('refuses to make a ledger where one is', async () => {
    const again = initLedger(folder, { origin: 'other', random, clock: () => now });
    await expect(again).rejects.toMatchObject({ code: 'LEDGER_EXISTS' });
  });
});

describe('the index', () => {
  it('is made anew where it is missing, and resends are still known', async () => {
    const ledger = await ledgerOf();
    const sent = Array.from({ length: 300 }, (_, sequence) => ({ ...decision('edge', now), sequence }));
    const unnumbered = Array.from({ length: 300 }, () => decision('falco', now));
    await ledger.appendNumbered([...sent, ...unnumbered]);
    await ledger.append('ci', [decision('ci', now)]);
    await ledger.seal();
    await ledger.close();
    await rm(join(folder, 'index'), { recursive: true });
    await rm(join(folder, 'emitters.db'));
    expect(await rebuildIndex(folder)).toBe(601);
    const again = await ledgerOf();
    await again.appendNumbered([...unnumbered, ...sent]);
    await again.append('ci', [decision('ci', now)]);
    expect(await again.seal()).toMatchObject({ size: 602, added: 1, duplicates: 600 });
    expect((await records(again)).at(-1)).toMatchObject({ emitter: 'ci', sequence: 1 });
  });
});

describe('emitters.db', () => {
  it('is made anew where it is missing: no number of the log or of what waits is handed out again', async () => {
    const ledger = await ledgerOf();
    await ledger.append('ci', [decision('ci', now), decision('ci', now)]);
    await ledger.seal();
    await ledger.append('ci', [decision('ci', now)]);
    await ledger.append('edge', [decision('edge', now)]);
    await ledger.close();
    for (const end of ['', '-wal', '-shm']) await rm(join(folder, `emitters.db${end}`), { force: true });
    // As a crash in the middle of making it leaves it.
    await writeFile(join(folder, 'emitters.db.new'), 'half');
    const [again, other] = await Promise.all([ledgerOf(), ledgerOf()]);
    await again.append('ci', [decision('ci', now)]);
    await other.append('edge', [decision('edge', now)]);
    await again.seal();
    const numbers = (await records(again)).map(({ emitter, sequence }) => `${emitter} ${sequence}`);
    expect(numbers.sort()).toEqual(['ci 0', 'ci 1', 'ci 2', 'ci 3', 'edge 0', 'edge 1']);
  });
});

describe('time', () => {
  const DAY = 86_400_000;
  const gaps = async (ledger: Ledger) =>
    (await records(ledger)).filter(({ record_type }) => record_type === 'gap').map(({ details }) => details);

  it('says that its clock is a month or more ahead of the last record, and goes on', async () => {
    const ledger = await ledgerOf();
    for (const days of [0, 30, 31, 366]) {
      now += days * DAY;
      if (days === 366) now -= 1;
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
    }
    expect(await gaps(ledger)).toEqual([
      expect.objectContaining({ kind: 'clock ahead', days: 31 }),
      expect.objectContaining({ kind: 'clock ahead', days: 365 }),
    ]);
  });

  it('does not seal with a clock that is more than a year ahead, and keeps what waits', async () => {
    const ledger = await ledgerOf();
    await ledger.append('ci', [decision('ci', now)]);
    await ledger.seal();
    await ledger.append('ci', [decision('ci', now)]);
    now = Date.UTC(2199, 0, 1);
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_CLOCK' });
    await expect(ledger.seal({ heartbeat: true })).rejects.toMatchObject({ code: 'LEDGER_CLOCK' });
    now = NOW + 1000;
    expect(await ledger.seal()).toMatchObject({ size: 2, added: 1 });
    expect((await records(ledger)).at(-1)?.recorded_at).toBe('2026-11-23T09:00:01.000Z');
    // An idle log goes on when somebody says that the clock is right.
    now = NOW + 800 * DAY;
    await ledger.append('ci', [decision('ci', now)]);
    expect(await acceptClock(folder, { clock: () => now, random })).toMatchObject({ size: 4, added: 2 });
    expect(await gaps(ledger)).toEqual([
      expect.objectContaining({ kind: 'clock ahead', days: 799, accepted: true }),
    ]);
    await ledger.append('ci', [decision('ci', now)]);
    expect(await ledger.seal()).toMatchObject({ size: 5, added: 1 });
  });

  it('never goes back, says once that the clock is behind, and finds the first record of an instant', async () => {
    const ledger = await ledgerOf();
    const seal = async () => {
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
    };
    await seal();
    now += 60_000;
    await seal();
    now -= 3_600_000;
    await seal();
    now += 60_000;
    await seal();
    now += 7_200_000;
    await seal();
    const all = await records(ledger);
    expect(all.map(({ recorded_at, record_type }) => `${record_type} ${recorded_at}`)).toEqual([
      'decision 2026-11-23T09:00:00.000Z',
      'decision 2026-11-23T09:01:00.000Z',
      'gap 2026-11-23T09:01:00.000Z',
      'decision 2026-11-23T09:01:00.000Z',
      'decision 2026-11-23T09:01:00.000Z',
      'decision 2026-11-23T10:02:00.000Z',
    ]);
    expect(await ledger.firstAt('2026-11-23T09:00:30.000Z')).toBe(1);
    expect(await ledger.firstAt('2026-11-23T09:01:00.000Z')).toBe(1);
    expect(await ledger.firstAt('2026-11-23T09:01:00.001Z')).toBe(5);
    expect(await ledger.firstAt('2027-01-01T00:00:00.000Z')).toBe(6);
  });

  it('seals a heartbeat only when nothing waits and one is asked for', async () => {
    const ledger = await ledgerOf();
    expect(await ledger.seal()).toMatchObject({ size: 0, added: 0 });
    expect(await ledger.seal({ heartbeat: true })).toMatchObject({ size: 1, added: 1 });
    await ledger.append('ci', [decision('ci', now)]);
    expect(await ledger.seal({ heartbeat: true })).toMatchObject({ size: 2, added: 1 });
    expect((await records(ledger)).map(({ record_type }) => record_type)).toEqual(['heartbeat', 'decision']);
  });
});

describe('what is refused', () => {
  it('takes nothing of a call with one wrong record, and leaves no gap', async () => {
    const ledger = await ledgerOf();
    const wrong = { ...decision('ci', now), verdict: 'fine' } as unknown as RecordDraft;
    await expect(ledger.append('ci', [decision('ci', now), wrong])).rejects.toMatchObject({
      code: 'RECORD_INVALID',
    });
    await expect(ledger.append('other', [decision('ci', now)])).rejects.toMatchObject({
      code: 'RECORD_INVALID',
    });
    const large = { ...decision('ci', now), details: { text: 'x'.repeat(65_000) } };
    await expect(ledger.append('ci', [large])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    await ledger.append('ci', [decision('ci', now)]);
    expect(await ledger.seal()).toMatchObject({ size: 1 });
    expect((await records(ledger))[0]?.sequence).toBe(0);
  });

  it('stops at a checkpoint that it did not sign last, and every later call says so', async () => {
    const ledger = await ledgerOf();
    const [empty] = [await ledger.checkpointText()];
    for (let i = 0; i < 2; i += 1) {
      await ledger.append('ci', [decision('ci', now)]);
      await ledger.seal();
    }
    await writeFile(join(folder, 'log/checkpoint'), empty);
    await ledger.append('ci', [decision('ci', now)]);
    const fork = { code: 'LEDGER_FORK', details: { shown: { size: 0 }, signed: { size: 2 } } };
    await expect(ledger.seal()).rejects.toMatchObject(fork);
    await expect(ledger.append('ci', [decision('ci', now)])).rejects.toMatchObject(fork);
    await expect(ledger.seal()).rejects.toMatchObject(fork);
  });
});
