import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDay, query } from '../../lake/index.ts';
import { CC61, type Fixture, firstOfMarch, makeFixture } from '../../lake/testing/fixture.ts';
import type { Context, Sink } from '../context.ts';
import { table } from '../query/answer.ts';
import { rebuild, status, verify } from './inspect.ts';

let lake: Fixture;
let written: string;
let context: Context;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  await firstOfMarch(lake);
  written = '';
  const write = (text: string) => {
    written += text;
  };
  const stdout: Sink = { isTTY: false, columns: 80, write };
  const stderr: Sink = { isTTY: false, columns: 80, write: () => undefined };
  const random = (length: number) => new Uint8Array(randomBytes(length));
  context = { env: {}, cwd: lake.folder, clock: lake.clock, random, stdout, stderr };
});
afterEach(() => lake.remove());

const close = () => {
  lake.at('2026-03-02T02:00:00.000Z');
  return closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
};

test('a lake without a closed day is not verified, and says so', async () => {
  expect(await verify(lake.folder, [], context)).toBe(3);
  expect(written).toBe('no day is closed: nothing was verified\n');
});

test('a lake without a closed day has nothing to rebuild, and says so', async () => {
  expect(await rebuild(lake.folder, [], context)).toBe(0);
  expect(written).toBe('no day is closed: there is nothing to rebuild\n');
});

test('one day and one file are one', async () => {
  await close();
  expect(await verify(lake.folder, [], context)).toBe(0);
  expect(written).toMatch(/^1 day, 5 files, [0-9]+ bytes: 0 differences from the manifests\n$/);
  await rm(join(lake.folder, CC61));
  written = '';
  expect(await verify(lake.folder, [], context)).toBe(1);
  expect(written).toMatch(/: 1 difference from the manifests\n/);
  written = '';
  expect(await rebuild(lake.folder, [], context)).toBe(0);
  expect(written).toBe('2026-03-01: the log gives the same bytes; 1 file restored\n');
});

test('a folder without any file of the lake says it by day, and what makes them anew', async () => {
  await close();
  for (const folder of ['evidence', 'fact', 'daily_counts'])
    await rm(join(lake.folder, folder), { recursive: true });
  expect(await status(lake.folder, false, context)).toBe(3);
  expect(written).toContain(
    `  missing: each of the 5 files of 2026-03-01\n  next: the log has all of it: exhibit lake rebuild ${lake.folder}\n`,
  );
  written = '';
  expect(await verify(lake.folder, [], context)).toBe(1);
  expect(written).toContain('  missing: each of the 5 files of 2026-03-01\n');
  expect(await rebuild(lake.folder, [], context)).toBe(0);
  await rm(join(lake.folder, CC61));
  written = '';
  expect(await status(lake.folder, false, context)).toBe(3);
  expect(written).toContain(`  missing: ${CC61} is missing\n  next: `);
});

test('an answer says that all its files were read, and does not call itself complete', async () => {
  await close();
  const day = { from: '2026-03-01', to: '2026-03-01' };
  const answer = await query(lake.ledger, { name: 'late-records', ...day });
  const [header] = table(answer, 160).match(/^coverage.*$/m) ?? [];
  expect(header).toMatch(/^coverage {2}all files read: 1 of 1, (\d+) of \1 rows; compared by bytes$/);
  expect(answer.coverage.complete).toBe(true);
});

test('an answer from manifests says in its header that no file was read', async () => {
  await close();
  await rm(join(lake.folder, 'evidence'), { recursive: true });
  const day = { from: '2026-03-01', to: '2026-03-01' };
  const header = async (request: Parameters<typeof query>[1]) =>
    table(await query(lake.ledger, { ...request, ...day }), 160)
      .split('\n')
      .find((line) => line.startsWith('coverage'));
  expect(await header({ name: 'framework-coverage', framework: 'soc2' })).toBe(
    'coverage  answered from 1 day manifest in the log; no lake file was read',
  );
  expect(await header({ sql: 'SELECT policy_id FROM policy' })).toBe(
    'coverage  answered from records of the log; no lake file was read',
  );
  expect(await header({ name: 'verdicts-by-day', framework: 'soc2', control: 'cc6.1' })).toBe(
    'coverage  NOT COMPLETE: 0 of 1 files, 0 of 3 rows; compared by bytes',
  );
});
