import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initLedger, type Ledger, openLedger, openShown } from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const options = { clock: () => NOW, random: (length: number) => randomBytes(length) };
let folder: string;
let vkey: string;
let ledger: Ledger;

const add = async (count: number) => {
  await ledger.append(
    'ci',
    Array.from({ length: count }, () => decision('ci', NOW)),
  );
  await ledger.seal();
  return ledger.checkpoint();
};

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'exhibit-shown-')), 'ledger');
  ({ vkey } = await initLedger(folder, { origin: 'example.com/shown', ...options }));
  ledger = await openLedger(folder, options);
});
afterEach(async () => {
  await ledger.close();
  await rm(join(folder, '..'), { recursive: true });
});

describe('what a log shows now', () => {
  it('is opened with a key from elsewhere, and contains every state that it had', async () => {
    const states = [];
    // Around the width of a tile, where a tree of full tiles becomes another one.
    for (const count of [1, 254, 1, 1, 300]) states.push(await add(count));
    const shown = await openShown(folder, { vkeys: [vkey], known: states });
    expect(shown.checkpoint.size).toBe(557);
    expect(shown.handovers).toEqual([]);
    expect((await openShown(folder)).checkpoint.size).toBe(557);
  });

  it('is refused with the key of somebody else', async () => {
    const other = join(folder, '..', 'other');
    const made = await initLedger(other, { origin: 'example.com/shown', ...options });
    await expect(openShown(folder, { vkeys: [made.vkey] })).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
  });

  it('is refused where it lacks a state that was known, or is another history', async () => {
    const first = await add(3);
    await copyFile(join(folder, 'log', 'checkpoint'), join(folder, 'old'));
    const second = await add(3);
    const root = `${first.root.slice(0, -1)}${first.root.endsWith('0') ? '1' : '0'}`;
    await expect(openShown(folder, { known: [{ size: first.size, root }] })).rejects.toMatchObject({
      code: 'LEDGER_FORK',
    });
    await writeFile(join(folder, 'log', 'checkpoint'), await readFile(join(folder, 'old')));
    await expect(openShown(folder, { known: [first, second] })).rejects.toMatchObject({
      code: 'LEDGER_ROLLBACK',
    });
  });

  it('is refused where a tile on the way to its root was changed', async () => {
    const first = await add(300);
    await add(300);
    const tile = join(folder, 'log', 'tile', '0', '000');
    const bytes = await readFile(tile);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await rm(tile);
    await writeFile(tile, bytes);
    await expect(openShown(folder, { known: [{ ...first, size: 100 }] })).rejects.toMatchObject({
      code: expect.stringMatching(/^LEDGER_(CORRUPT|FORK)$/),
    });
  });
});
