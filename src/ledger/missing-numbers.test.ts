import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initLedger, type Ledger, ledgerStatus, openLedger, rebuildIndex } from './index.ts';
import { gapsBelow } from './intervals.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const options = { clock: () => NOW, random: (length: number) => randomBytes(length) };
let folder: string;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'exhibit-numbers-')), 'ledger');
  await initLedger(folder, { origin: 'example.com/numbers', ...options });
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

async function append(emitter: string, count: number, then?: (ledger: Ledger) => Promise<unknown>) {
  const ledger = await openLedger(folder, options);
  const drafts = Array.from({ length: count }, () => decision(emitter, NOW));
  await ledger.append(emitter, drafts);
  await then?.(ledger);
  await ledger.close();
}
const seal = (ledger: Ledger) => ledger.seal();
const removeWaiting = () => {
  for (const file of readdirSync(join(folder, 'wal'))) rmSync(join(folder, 'wal', file));
};
const numbering = async () => (await ledgerStatus(folder)).numbering;

describe('numbers that were handed out', () => {
  it('are all there: in the log, waiting, or both', async () => {
    expect(await numbering()).toEqual({ compared: true, missing: [], more: [] });
    await append('ci', 300, seal);
    await append('ci', 2);
    await append('edge', 1);
    expect(await numbering()).toEqual({ compared: true, missing: [], more: [] });
  });

  it('are missing when a file that waits was removed, also where nothing follows', async () => {
    await append('ci', 300, seal);
    await append('ci', 2);
    await append('edge', 1);
    removeWaiting();
    const missing = [
      { emitter: 'ci', first: 300, last: 301 },
      { emitter: 'edge', first: 0, last: 0 },
    ];
    expect(await numbering()).toMatchObject({ missing });
    await append('ci', 1, seal);
    expect(await numbering()).toMatchObject({ missing });
    // The index is made from the log: without it the answer is the same.
    rmSync(join(folder, 'index'), { recursive: true });
    expect(await numbering()).toMatchObject({ missing });
    await rebuildIndex(folder);
    expect(await numbering()).toMatchObject({ missing });
  });

  it('are not compared where nobody knows them', async () => {
    await append('ci', 2, seal);
    rmSync(join(folder, 'emitters.db'));
    expect(await numbering()).toEqual({ compared: false, missing: [], more: [] });
  });
});

it('finds gaps below a number', () => {
  expect(gapsBelow(0, [])).toEqual([]);
  expect(gapsBelow(3, [])).toEqual([[0, 2]]);
  expect(gapsBelow(3, [0, 3])).toEqual([]);
  expect(gapsBelow(3, [0, 9])).toEqual([]);
  expect(gapsBelow(10, [2, 4, 5, 6])).toEqual([
    [0, 1],
    [4, 4],
    [6, 9],
  ]);
  expect(gapsBelow(3, [5, 9])).toEqual([[0, 2]]);
});
