import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDay, Known, query } from '../index.ts';
import { type Fixture, makeFixture } from '../testing/fixture.ts';

const DAY = '2026-03-01';
const FACT = 'fact/year=2026/month=03/day=01/fact.parquet';
let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
});
afterEach(() => lake.remove());

const ask = (known: Known) =>
  query(lake.ledger, { name: 'policy-versions', from: DAY, to: DAY }, { check: 'digest', known });
async function close() {
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, DAY, { clock: lake.clock });
}

test('questions that share what is known give the answer that each gives alone', async () => {
  await close();
  const known = new Known();
  const alone = await ask(new Known());
  expect(await ask(known)).toEqual(alone);
  expect(await ask(known)).toEqual(alone);
  expect(known.hashed.size).toBe(1);
});

test('a file that was changed between two questions is seen', async () => {
  await close();
  const known = new Known();
  expect((await ask(known)).coverage.gaps).toEqual([]);
  const file = join(lake.folder, FACT);
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
  expect((await ask(known)).coverage.gaps).toMatchObject([{ kind: 'file_differs', key: FACT }]);
});

test('a day that was closed between two questions is read from its files', async () => {
  const known = new Known();
  expect((await ask(known)).coverage.from_log.days).toEqual([DAY]);
  await close();
  expect((await ask(known)).coverage).toMatchObject({ closed_days: 1, from_log: { days: [] } });
});
