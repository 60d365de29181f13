import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteCell } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-cell-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('takes a text only from who has read the one before', async () => {
  const [one, other] = [sqliteCell(join(folder, 'a/cell.db')), sqliteCell(join(folder, 'a/cell.db'))];
  expect(await one.read()).toBeUndefined();
  const first = await one.swap(undefined, 'one');
  expect(first).toBeDefined();
  expect(await other.swap(undefined, 'other')).toBeUndefined();
  const second = await other.swap(first, 'two');
  expect(await one.swap(first, 'late')).toBeUndefined();
  expect(await one.read()).toEqual({ text: 'two', tag: second });
  one.close();
  other.close();
});

it('lets one of many that swap at once win each time', async () => {
  const cells = Array.from({ length: 8 }, () => sqliteCell(join(folder, 'cell.db')));
  let tag: string | undefined;
  for (let round = 0; round < 5; round += 1) {
    const won = (await Promise.all(cells.map((cell, at) => cell.swap(tag, `${round} ${at}`)))).filter(
      Boolean,
    );
    expect(won).toHaveLength(1);
    tag = won[0];
  }
  for (const cell of cells) cell.close();
});
