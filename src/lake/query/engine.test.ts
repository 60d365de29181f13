import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../duckdb.ts';
import { confine } from './confine.ts';
import { createMacros } from './macros.ts';
import { type QueryValue, resultDigest, toValue } from './values.ts';
import { FUNCTIONS } from './words.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase({ threads: 1, memoryLimit: '256MB', temporary: tmpdir() });
  await database.connection.run(createMacros());
});
afterAll(() => database.close());

async function value(expression: string): Promise<QueryValue> {
  const result = await database.connection.runAndReadAll(`SELECT ${expression}`);
  const [type] = result.columnTypes();
  const cell = result.getRows()[0]?.[0];
  if (type === undefined || cell === undefined) throw new Error('no value');
  return toValue(cell, type);
}

describe('values of an answer', () => {
  test.each<[string, QueryValue]>([
    ['CAST(7 AS bigint)', 7],
    ['CAST(9007199254740991 AS bigint)', 9007199254740991],
    ['CAST(9007199254740992 AS bigint)', '9007199254740992'],
    ['sum(x) FROM (VALUES (1), (2)) AS t(x)', 3],
    ["TIMESTAMP '2026-03-01 10:20:30.4'", '2026-03-01T10:20:30.400Z'],
    ["DATE '2026-03-01'", '2026-03-01'],
    ['CAST(1.5 AS decimal(10, 2))', '1.50'],
    ['CAST(0.1 AS double)', 0.1],
    ["CAST('nan' AS double)", 'NaN'],
    ['true', true],
    ['NULL', null],
    ["ARRAY['a', 'b']", ['a', 'b']],
    ["ARRAY[TIMESTAMP '2026-03-01 00:00:00']", ['2026-03-01T00:00:00.000Z']],
  ])('%s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  test('the digest is the SHA-256 of columns and rows in canonical form', () => {
    const text = '{"columns":["a","b"],"rows":[[1,"x"],[2,null]]}';
    const expected = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const columns = [{ name: 'a' }, { name: 'b' }];
    expect(
      resultDigest(columns, [
        [1, 'x'],
        [2, null],
      ]),
    ).toBe(expected);
  });

  test('the digest does not depend on the order of rows, but on every value', () => {
    const row = fc.tuple(fc.integer(), fc.string());
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const columns = [{ name: 'a' }, { name: 'b' }];
        expect(resultDigest(columns, rows.toReversed())).toBe(resultDigest(columns, rows));
        const [[number, text] = [0, ''], ...rest] = rows;
        expect(resultDigest(columns, [[number + 1, text], ...rest])).not.toBe(resultDigest(columns, rows));
      }),
    );
  });
});

// Expected values from Trino's documentation of the same functions.
describe("Athena's spellings on DuckDB", () => {
  test.each<[string, QueryValue]>([
    ['json_extract_scalar(\'{"a":{"b":1}}\', \'$.a.b\')', '1'],
    ['cardinality(ARRAY[1, 2, 3])', 3],
    ['element_at(ARRAY[7, 8], 2)', 8],
    ["array_join(ARRAY['a', 'b'], '-')", 'a-b'],
    ['arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])', true],
    ["regexp_like('1a 2b 14m', '\\d+b')", true],
    ["to_unixtime(TIMESTAMP '1970-01-01 00:01:00.5')", 60.5],
    ["day_of_week(DATE '2026-03-01')", 7],
    ["date_diff('minute', TIMESTAMP '2026-03-01 10:00:59', TIMESTAMP '2026-03-01 10:01:00')", 0],
    ["date_diff('day', DATE '2026-02-28', DATE '2026-03-02')", 2],
    ["date('2026-03-01')", '2026-03-01'],
    ["date_add('month', 1, TIMESTAMP '2026-01-31 00:00:00')", '2026-02-28T00:00:00.000Z'],
    ["date_format(TIMESTAMP '2026-03-01 10:20:30', '%Y-%m-%d %H:%i:%s')", '2026-03-01 10:20:30'],
    ["date_format(TIMESTAMP '2026-03-01 10:20:30', '%M')", 'March'],
    ['greatest(1, NULL)', null],
    ['least(2, 1)', 1],
    ["cardinality(sequence(DATE '2026-04-01', DATE '2026-06-30', INTERVAL '1' DAY))", 91],
  ])('%s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  test('DuckDB knows every function that the lint lets through', async () => {
    const syntax = new Set(['date', 'cast', 'try_cast', 'coalesce', 'nullif', 'if', 'extract', 'unnest']);
    const result = await database.connection.runAndReadAll(
      'SELECT DISTINCT function_name FROM duckdb_functions()',
    );
    const known = new Set(result.getRows().map(([name]) => String(name)));
    expect([...FUNCTIONS].filter((name) => !known.has(name) && !syntax.has(name))).toEqual([]);
  });
});

test('a confined database reads the files that it was given, and no others beside them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-confine-'));
  const [given, other] = [join(folder, 'given.csv'), join(folder, 'other.csv')];
  for (const path of [given, other]) writeFileSync(path, 'a,b\n1,2\n');
  const one = await openDatabase({ threads: 1, memoryLimit: '256MB', temporary: join(folder, 'spill') });
  const run = (sql: string) => one.connection.runAndReadAll(sql);
  try {
    await confine(one.connection, [given]);
    expect((await run(`SELECT a FROM '${given}'`)).getRowsJson()).toEqual([['1']]);
    await expect(run(`SELECT a FROM '${other}'`)).rejects.toThrow(/Permission/);
    await expect(run(`SELECT a FROM '${folder}/*.csv'`)).rejects.toThrow(/Permission/);
    await expect(run(`COPY (SELECT 1) TO '${other}'`)).rejects.toThrow(/Permission/);
    await expect(run(`SET allowed_paths = ['${other}']`)).rejects.toThrow(/locked/);
  } finally {
    one.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
