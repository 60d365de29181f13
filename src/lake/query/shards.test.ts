import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDay, QUERIES, query } from '../index.ts';
import { evidenceKey } from '../keys.ts';
import { type Fixture, firstOfMarch, makeFixture } from '../testing/fixture.ts';

let europe: Fixture;
let america: Fixture;
const both = () => [europe.ledger, america.ledger];
const PERIOD = { from: '2026-03-01', to: '2026-03-02' };
const CONTROL = { framework: 'soc2', control: 'cc6.1' };

/** Each log has a closed day and an open one, with the same control map; america has more decisions. */
beforeAll(async () => {
  europe = await makeFixture('2026-03-01T10:00:00.000Z', 'test.example/europe');
  america = await makeFixture('2026-03-01T10:00:00.000Z', 'test.example/america');
  for (const [at, one] of [europe, america].entries()) {
    const inForce = await firstOfMarch(one);
    one.at('2026-03-02T02:00:00.000Z');
    await closeDay(one.ledger, '2026-03-01', { clock: one.clock });
    for (let more = 0; more <= at; more += 1) await one.decide(inForce, ['p', `db-${more}`, 'fail']);
  }
});
afterAll(async () => {
  await europe.remove();
  await america.remove();
});

const total = (rows: readonly (readonly unknown[])[]): number =>
  rows.reduce((sum, row) => sum + Number(row[0]), 0);

test('one question over two logs counts what each of them has', async () => {
  const sql = 'SELECT origin, count(*) AS n FROM fact GROUP BY origin ORDER BY origin';
  const of = async (reader: Parameters<typeof query>[0]) => (await query(reader, { sql, ...PERIOD })).rows;
  const [[, a = 0] = []] = await of(america.ledger);
  const [[, e = 0] = []] = await of(europe.ledger);
  expect(Number(a)).toBeGreaterThan(Number(e));
  const answer = await query(both(), { sql, ...PERIOD });
  expect(answer.rows).toEqual([
    ['test.example/america', a],
    ['test.example/europe', e],
  ]);
  expect(answer.ledgers?.map(({ origin }) => origin)).toEqual([
    'test.example/europe',
    'test.example/america',
  ]);
});

test('a link of the one control map that both logs carry counts once', async () => {
  const sql =
    'SELECT count(*) AS n FROM fact f JOIN control_map m ON m.map_digest = f.control_map_digest AND m.policy_id = f.policy_id';
  const count = async (reader: Parameters<typeof query>[0]) =>
    total((await query(reader, { sql, ...PERIOD })).rows);
  expect(await count(both())).toBe((await count(europe.ledger)) + (await count(america.ledger)));
});

test.each(QUERIES)('$name can be asked of both, and its header adds up', async ({ name, parameters }) => {
  const given: Record<string, string> = {};
  for (const one of parameters)
    if (!['from', 'to', 'framework', 'control'].includes(one.name)) given[one.name] = '2026-03-02';
  const request = { name, parameters: given, ...PERIOD, ...CONTROL };
  const answer = await query(both(), request);
  const alone = await Promise.all(both().map((ledger) => query(ledger, request)));
  const sum = (of: (coverage: (typeof answer)['coverage']) => number) =>
    alone.reduce((all, { coverage }) => all + of(coverage), 0);
  const { expected, rows_found, complete } = answer.coverage;
  expect({ expected, rows_found, complete }).toEqual({
    expected: sum((one) => one.expected),
    rows_found: sum((one) => one.rows_found),
    complete: alone.every(({ coverage }) => coverage.complete),
  });
});

test('what one log lacks makes the whole answer incomplete, and says which log', async () => {
  await rm(join(america.folder, evidenceKey(CONTROL, '2026-03-01')));
  const { coverage } = await query(both(), { name: 'verdicts-by-day', ...PERIOD, ...CONTROL });
  expect(coverage.complete).toBe(false);
  expect(coverage.gaps.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^test\.example\/america: .*is missing/),
  );
});

test('one log under two names is refused: it would count twice', async () => {
  await expect(
    query([europe.ledger, europe.ledger], { name: 'framework-verdicts', ...PERIOD, framework: 'soc2' }),
  ).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('test.example/europe'),
  });
});
