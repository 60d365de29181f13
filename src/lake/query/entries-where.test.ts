import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import { closeDay, entriesWhere, oneOf, query } from '../index.ts';
import { type Fixture, makeFixture } from '../testing/fixture.ts';

let lake: Fixture;
let reader: LedgerReader;
let size: number;

/** What anybody may have sent as a subject. */
const ODD = [
  ...[
    "o'brien",
    "'",
    "''",
    "') OR true --",
    "\\'; DROP TABLE fact; --",
    '%',
    '/* ',
    '"',
    'a\nb',
    'é',
    '\u{1f512}',
    '?',
  ],
];

/** Two closed days and an open one; a record in seventy is a gap. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  for (const day of ['01', '02', '03']) {
    lake.at(`2026-03-${day}T10:00:00.000Z`);
    const kind = (at: number) => (at % 70 === 0 ? ('gap' as const) : ('heartbeat' as const));
    const some = Array.from({ length: 700 }, (_, at) => ({ record_type: kind(at), message: `${day} ${at}` }));
    await lake.put('ci', ...some);
    await lake.decide(undefined, ...ODD.map((subject) => ['encrypted', subject, 'pass'] as const));
    if (day === '01') continue;
    const before = `2026-03-0${Number(day) - 1}`;
    await closeDay(lake.ledger, before, { clock: lake.clock, grace: 0 });
  }
  reader = await openReader(lake.folder);
  ({ size } = await reader.checkpoint());
}, 60_000);
afterAll(async () => {
  await reader.close();
  await lake.remove();
});

const MARK = Buffer.from('"record_type":"gap"');
const GAPS = { sql: "record_type = 'gap'", marked: (bytes: Buffer) => bytes.includes(MARK) };

async function found(from: number, to: number, few: number, where = GAPS) {
  const totals: number[] = [];
  const indexes: number[] = [];
  const progress = (_: number, total: number) => void totals.push(total);
  for await (const { index, bytes } of entriesWhere(reader, { from, to }, where, { few, progress })) {
    expect(bytes).toEqual((await reader.entry(index)).bytes);
    indexes.push(index);
  }
  return { indexes, read: totals.at(-1) };
}

test('what is found in any stretch is the same by the lake and by the log, in its order', async () => {
  const bound = fc.integer({ min: 0, max: size });
  await fc.assert(
    fc.asyncProperty(bound, bound, async (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const { indexes } = await found(from, to, Number.POSITIVE_INFINITY);
      expect((await found(from, to, 0)).indexes).toEqual(indexes);
      expect(indexes.every((index) => from <= index && index < to)).toBe(true);
    }),
    { numRuns: 8 },
  );
}, 120_000);

test('only bundles that have some are read of a long stretch, and all of a short one', async () => {
  const one = { ...GAPS, sql: "message = '02 350'" };
  const by = async (few: number) => (await found(0, size, few, one)).read;
  expect(await by(0)).toBe(256);
  expect(await by(size)).toBe(256);
  expect(await by(size + 1)).toBe(size);
  expect(await found(7, 7, 0)).toEqual({ indexes: [], read: undefined });
}, 60_000);

test('texts that anybody sent are found as they are, one or many, and nothing else is', async () => {
  const decision = Buffer.from('"record_type":"decision"');
  const subjects = async (sql: string) => {
    const where = { sql, marked: (bytes: Buffer) => bytes.includes(decision) };
    const { indexes, read } = await found(0, size, 0, where);
    const all = await Promise.all(indexes.map((index) => reader.entry(index)));
    return { subjects: new Set(all.map(({ bytes }) => parseRecord(bytes).subject_id)), read };
  };
  const told = ODD.map((odd, at) => {
    const where = `WHERE ${oneOf('subject_id', new Set([odd]))}`;
    return `count(*) FILTER (${where}) AS n${at}, max(subject_id) FILTER (${where}) AS s${at}`;
  });
  const { rows } = await query(reader, { sql: `SELECT ${told.join(', ')} FROM fact` });
  // One on each of three days.
  expect(rows).toEqual([ODD.flatMap((odd) => [3, odd])]);
  expect((await subjects(oneOf('subject_id', new Set(ODD)))).subjects).toEqual(new Set(ODD));
  expect(await subjects(oneOf('subject_id', new Set()))).toEqual({ subjects: new Set(), read: 0 });
  const many = new Set([...ODD, ...Array.from({ length: 50_000 }, (_, at) => `web-${at}`)]);
  expect(await subjects(oneOf('subject_id', many))).toEqual({ subjects: new Set(ODD), read: size });
}, 120_000);

test('a lake that lacks a file is not asked for what it has', async () => {
  const { indexes } = await found(0, size, 0);
  rmSync(join(lake.folder, 'fact/year=2026/month=03/day=02/fact.parquet'));
  expect(await found(0, size, 0)).toEqual({ indexes, read: size });
}, 60_000);
