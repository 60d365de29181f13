import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExhibitError, parseRecord } from '../record/index.ts';
import {
  initLedger,
  type Ledger,
  type LedgerOptions,
  openLedger,
  type Sealed,
  type Step,
  verifyLedger,
} from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const options = { clock: () => NOW, random: (length: number) => randomBytes(length) };
let folder: string;
const open: Ledger[] = [];

const ledgerOf = async (more: Partial<LedgerOptions>): Promise<Ledger> => {
  const ledger = await openLedger(folder, { ...options, ...more });
  open.push(ledger);
  return ledger;
};
const some = (count: number) => Array.from({ length: count }, () => decision('ci', NOW));

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'exhibit-seal-thread-')), 'ledger');
  await initLedger(folder, { origin: 'example.com/audit', ...options });
});
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  await rm(join(folder, '..'), { recursive: true });
});

describe('a ledger that seals in a thread of its own', () => {
  it('seals what was appended when it is asked to, and gives it the time of the clock that it was given', async () => {
    const ledger = await ledgerOf({ sealThread: {} });
    const { record_ids } = await ledger.append('ci', some(300));
    expect(await ledger.seal()).toMatchObject({ size: 300, added: 300, duplicates: 0 });
    expect(await ledger.find(record_ids[299] ?? '')).toBe(299);
    const { recorded_at } = parseRecord((await ledger.entry(0)).bytes);
    // The hour of that clock, which is not the hour of the machine.
    expect(recorded_at.slice(0, 13)).toBe('2026-11-23T09');
    expect(await ledger.seal({ heartbeat: true })).toMatchObject({ size: 301, added: 1 });
    expect((await verifyLedger(folder, { threads: 0 })).checkpoint.size).toBe(301);
  });

  it('seals while calls append, and loses and doubles nothing', async () => {
    const ledger = await ledgerOf({ sealThread: {} });
    const ids: string[] = [];
    const seals: Promise<Sealed>[] = [];
    for (let round = 0; round < 40; round += 1) {
      const appends = [1, 30].map((count) => ledger.append('ci', some(count)));
      seals.push(ledger.seal());
      for (const { record_ids } of await Promise.all(appends)) ids.push(...record_ids);
    }
    await Promise.all(seals);
    expect((await ledger.seal()).size).toBe(ids.length);
    const found: string[] = [];
    const numbers: (number | undefined)[] = [];
    for await (const { bytes } of ledger.entries(0, ids.length)) {
      const { record_id, sequence } = parseRecord(bytes);
      found.push(record_id);
      numbers.push(sequence);
    }
    expect(found.toSorted()).toEqual(ids.toSorted());
    expect(numbers.toSorted((a, b) => (a ?? -1) - (b ?? -1))).toEqual(ids.map((_, i) => i));
    await verifyLedger(folder, { threads: 0 });
  });

  it('seals by itself, time after time', async () => {
    let sealed = Promise.withResolvers<Sealed>();
    const ledger = await ledgerOf({
      sealThread: { every: 1, onSeal: (one) => one.added > 0 && sealed.resolve(one) },
    });
    for (let size = 1; size <= 3; size += 1) {
      await ledger.append('ci', some(1));
      expect((await sealed.promise).size).toBe(size);
      sealed = Promise.withResolvers<Sealed>();
    }
  });

  it('waits at the close for the seals that were asked for', async () => {
    const ledger = await ledgerOf({ sealThread: { every: 1 } });
    await ledger.append('ci', some(5));
    const sealing = ledger.seal();
    await ledger.close();
    // The thread may have sealed by itself in front of it.
    expect((await sealing).size).toBe(5);
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('shows every durable step before it goes on', async () => {
    const steps: Step[] = [];
    const ledger = await ledgerOf({ sealThread: {}, onStep: (step) => steps.push(step) });
    await ledger.append('ci', some(1));
    await ledger.seal();
    expect(steps).toEqual([
      'numbered',
      'frame written',
      'frame synced',
      'claimed',
      'tiles written',
      'signed',
      'committed',
      'published',
      'indexed',
      'cleaned',
    ]);
  });

  /** A folder whose checkpoint is of an earlier time than its writer: a copy that was put back. */
  async function putBack(ledger: Ledger): Promise<void> {
    const file = join(folder, 'log', 'checkpoint');
    await copyFile(file, join(folder, 'old'));
    for (const _ of [1, 2]) {
      await ledger.append('ci', some(1));
      await ledger.seal();
    }
    await copyFile(join(folder, 'old'), file);
  }

  it('fails every call after the thread has found a fork', async () => {
    const ledger = await ledgerOf({ sealThread: {} });
    await putBack(ledger);
    const fork = { code: 'LEDGER_FORK', details: { shown: { size: 0 }, signed: { size: 2 } } };
    await expect(ledger.seal()).rejects.toMatchObject(fork);
    await expect(ledger.append('ci', some(1))).rejects.toMatchObject(fork);
    await expect(ledger.seal()).rejects.toMatchObject(fork);
  });

  it('tells of a fork that a seal of its own has found, and stops', async () => {
    await putBack(await ledgerOf({}));
    const heard: ExhibitError[] = [];
    const told = Promise.withResolvers<void>();
    const ledger = await ledgerOf({
      sealThread: {
        every: 1,
        onError: (error) => {
          heard.push(error);
          told.resolve();
        },
      },
    });
    await told.promise;
    await expect(ledger.append('ci', some(1))).rejects.toMatchObject({ code: 'LEDGER_FORK' });
    await ledger.close();
    expect(heard.map(({ code }) => code)).toEqual(['LEDGER_FORK']);
  });

  it('hands an error of a seal of its own to the next call where nobody else takes it, and tries again', async () => {
    const ledger = await ledgerOf({ sealThread: { every: 1 } });
    // No directory can be made where a file is.
    await writeFile(join(folder, 'log', 'tile'), '');
    let failed: unknown;
    const ids: string[] = [];
    while (failed === undefined) {
      await ledger.append('ci', some(1)).then(
        ({ record_ids }) => ids.push(...record_ids),
        (error: unknown) => {
          failed = error;
        },
      );
    }
    expect(failed).toMatchObject({ code: 'LEDGER_IO', location: { file: expect.stringContaining('tile') } });
    await rm(join(folder, 'log', 'tile'));
    for (;;) {
      const sealed = await ledger.seal().catch(() => undefined);
      if (sealed?.size === ids.length) break;
    }
    await verifyLedger(folder, { threads: 0 });
  });
});
