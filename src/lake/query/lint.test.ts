import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUERIES, queryText } from '../queries/index.ts';
import { assertDialect, lintDialect } from './lint.ts';
import { tokenize } from './tokens.ts';

/** Text, where the first problem is, and a word of its message. */
const REFUSED: [sql: string, line: number, column: number, about: RegExp][] = [
  ['SELECT a::varchar FROM fact', 1, 9, /CAST/],
  ["SELECT a FROM fact\nWHERE a ILIKE 'x%'", 2, 9, /ILIKE/],
  ['SELECT a FROM fact QUALIFY row_number() OVER (ORDER BY a) = 1', 1, 20, /QUALIFY/],
  ['SELECT [1, 2] FROM fact', 1, 8, /ARRAY/],
  ["SELECT observed_at AT TIME ZONE 'UTC' FROM fact", 1, 20, /TIME ZONE/],
  ['SELECT approx_distinct(a) FROM fact', 1, 8, /approx_distinct/],
  ["SELECT date_parse(a, '%Y') FROM fact", 1, 8, /date_parse/],
  ['SELECT a // 2 FROM fact', 1, 10, /\/\//],
  ['SELECT ? FROM fact', 1, 8, /WHERE only/],
  ['SELECT a FROM fact GROUP BY 1 HAVING count(*) > ?', 1, 49, /WHERE only/],
  ['SELECT * EXCLUDE (a) FROM fact', 1, 10, /EXCLUDE/],
  ['SELECT * REPLACE (1 AS a) FROM fact', 1, 10, /EXCLUDE or REPLACE/],
  ['SELECT a FROM fact GROUP BY ALL', 1, 29, /ALL/],
  ['SELECT a FROM fact USING SAMPLE 10', 1, 26, /reproducible/],
  ['SELECT count(*) / 7 FROM fact', 1, 17, /integers/],
  ['SELECT line_number / column_number FROM fact', 1, 20, /integers/],
  ['SELECT day AS d FROM fact GROUP BY d', 1, 36, /alias/],
  ['SELECT a FROM fact LIMIT 5', 1, 20, /ORDER BY/],
  ["SELECT a FROM 'secrets.parquet'", 1, 15, /file/],
  ['SELECT a FROM "secrets.parquet"', 1, 15, /quoted/],
  ["SELECT a FROM read_parquet('x')", 1, 15, /read_parquet/],
  ["SELECT a FROM fact WHERE recorded_at >= '2026-01-01'", 1, 26, /TIMESTAMP/],
  ['SELECT current_date FROM fact', 1, 8, /clock/],
  ['SELECT now() FROM fact', 1, 8, /clock/],
  ['SELECT DISTINCT ON (a) a FROM fact', 1, 17, /DISTINCT ON/],
  ['DELETE FROM fact', 1, 1, /SELECT or WITH/],
  ["COPY fact TO 'x'", 1, 1, /SELECT or WITH/],
  ['SELECT 1; DROP TABLE fact', 1, 11, /one statement|only reads/],
  ['WITH x AS (INSERT INTO fact SELECT 1) SELECT 1', 1, 12, /only reads/],
  ['', 1, 1, /SELECT or WITH/],
  ['FROM fact', 1, 1, /SELECT or WITH/],
  ["SELECT 'open FROM fact", 1, 8, /not part/],
  ['SELECT * FROM (FROM fact) AS t', 1, 16, /SELECT or WITH/],
  ["SELECT details -> 'a' FROM fact", 1, 16, /json_extract_scalar/],
  ['SELECT details -> 0 FROM fact', 1, 16, /json_extract_scalar/],
  ["SELECT '.' ILIKE 'x'", 1, 12, /ILIKE/],
];

/** Ways past the list of functions and views. DuckDB runs each of them; `random` and the others must not be reached. */
const EVASIONS: [sql: string, line: number, column: number, about: RegExp][] = [
  ['SELECT "random"()', 1, 8, /function random/],
  ['SELECT "random" /* x */ ()', 1, 8, /function random/],
  ['SELECT random--\n()', 1, 8, /function random/],
  ['SELECT main.random()', 1, 13, /name alone/],
  ['SELECT system."main"."random"()', 1, 22, /name alone/],
  ['SELECT policy_id.lower() FROM fact', 1, 18, /name alone/],
  ['SELECT "current_setting"(\'temp_directory\')', 1, 8, /current_setting/],
  ['SELECT "current_timestamp"', 1, 8, /clock/],
  ['SELECT "localtime", 1', 1, 8, /clock/],
  ['SELECT "user"', 1, 8, /who asks/],
  ['SELECT user', 1, 8, /who asks/],
  ['SELECT current_role', 1, 8, /who asks/],
  ["SELECT E'\\'', random() AS r --'", 1, 8, /not part/],
  ["SELECT U&'\\0041'", 1, 8, /not part/],
  ['SELECT $$a$$', 1, 8, /not part/],
  ['SELECT 1 --\r, random() AS r', 1, 15, /function random/],
  ["SELECT 1 /* /* */ ' */, random() AS r --'", 1, 10, /not part/],
  ['SELECT\u00a01', 1, 7, /not part/],
  ["SELECT 'a\0b'", 1, 8, /not part/],
  ['SELECT * FROM "duckdb_settings"()', 1, 15, /duckdb_settings/],
  ['SELECT * FROM "query"(\'select 42 as a\')', 1, 15, /query/],
  ['SELECT * FROM duckdb_databases', 1, 15, /no view/],
  ['SELECT * FROM pragma_database_list', 1, 15, /no view/],
  ['SELECT * FROM information_schema.tables', 1, 15, /no view/],
  ['SELECT * FROM main.fact', 1, 15, /no view|name alone/],
  ['SELECT * FROM record', 1, 15, /no view record; the views are fact, daily_counts, evidence/],
  ['SELECT * FROM fact, bridge', 1, 21, /no view/],
  ['SELECT * FROM fact f JOIN "bridge" b ON b.policy_id = f.policy_id', 1, 27, /no view/],
  // A column may have the name of a clause: the list of FROM goes on behind it.
  [
    'WITH c AS (SELECT 1 AS offset) SELECT * FROM fact f JOIN c ON f.line = c.offset, record',
    1,
    82,
    /no view/,
  ],
  [
    'WITH c AS (SELECT 1 AS n) SELECT * FROM fact f JOIN c ON f.line = c . where, pg_settings',
    1,
    78,
    /no view/,
  ],
  ["SELECT * FROM fact, 'x.csv'", 1, 21, /file/],
  ["SELECT * FROM fact WHERE EXISTS (SELECT 1 FROM fact a, 'x.csv')", 1, 56, /file/],
  ["SELECT * FROM ('x.csv' CROSS JOIN fact)", 1, 16, /file/],
  ["SELECT * FROM ((('x.csv' CROSS JOIN fact)))", 1, 18, /file/],
  ['SELECT * FROM "/etc/passwd"', 1, 15, /quoted/],
  ['SELECT * FROM (SHOW TABLES)', 1, 16, /SELECT only/],
  ['SELECT * FROM (DESCRIBE fact)', 1, 16, /SELECT only/],
  ['SELECT * FROM (DESC fact)', 1, 16, /SELECT or WITH/],
  ['SELECT * FROM (TABLE record)', 1, 16, /SELECT only/],
  ['EXPLAIN ANALYZE SELECT 1', 1, 1, /SELECT or WITH/],
  ['PRAGMA version', 1, 1, /SELECT or WITH/],
  ['WITH duckdb_databases AS (SELECT 1) SELECT * FROM duckdb_databases', 1, 6, /taken/],
  ['WITH a AS (WITH record AS (SELECT 1) SELECT * FROM record) SELECT * FROM record', 1, 17, /taken/],
];

const ACCEPTED = [
  'SELECT 1',
  'SELECT 1;',
  "-- title\nSELECT a /* x */ FROM fact WHERE a = 'it''s ::' -- ::",
  'SELECT CAST(a AS double) / b FROM fact',
  'SELECT a / CAST(count(*) AS decimal(20, 4)) FROM fact GROUP BY a',
  'SELECT a / 2.0 FROM fact',
  "SELECT a FROM fact WHERE recorded_at >= TIMESTAMP '2026-01-01 00:00:00'",
  'SELECT ARRAY[1, 2][1] FROM fact',
  'SELECT a FROM fact ORDER BY a LIMIT 5',
  'SELECT a FROM (SELECT a FROM fact WHERE a = ?) AS t',
  'WITH t (a, b) AS (SELECT 1, 2) SELECT a FROM t',
  'SELECT x FROM UNNEST(sequence(1, 3)) AS a(x)',
  'SELECT extract(year FROM recorded_at) AS y FROM fact',
  "SELECT date_diff('minute', observed_at, recorded_at) FROM fact",
  'SELECT day AS day, count(*) FROM fact GROUP BY day',
  'SELECT lag(a) OVER (PARTITION BY b ORDER BY c) FROM fact',
  'SELECT "lower"("commit") AS "user" FROM fact',
  "SELECT trim(BOTH 'x' FROM policy_id), extract(year FROM recorded_at) FROM fact",
  'SELECT 1 FROM fact f, control_map c, (SELECT 1) AS t (a), LATERAL (SELECT 2) AS u (b) WHERE f.policy_id = c.policy_id',
  'WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM (a CROSS JOIN b) JOIN "fact" ON y = x, policy p',
  'SELECT 1 FROM fact WHERE a IS DISTINCT FROM b AND (a, b) IN (SELECT day, key FROM manifest)',
  "SELECT DATE '2026-01-01', INTERVAL '1' DAY /* a * b / c ** */ FROM (VALUES (1, 'a')) AS t (x, y)",
];

describe('dialect lint', () => {
  test.each(REFUSED)('refuses %s', (sql, line, column, about) => {
    const [first] = lintDialect(sql);
    expect(first).toMatchObject({ line, column });
    expect(lintDialect(sql).some(({ message }) => about.test(message))).toBe(true);
  });

  test.each(EVASIONS)('is not passed by %s', (sql, line, column, about) => {
    expect(lintDialect(sql)).toContainEqual({ line, column, message: expect.stringMatching(about) });
  });

  test.each(ACCEPTED)('accepts %s', (sql) => {
    expect(lintDialect(sql)).toEqual([]);
  });

  test('says where, as an error', () => {
    expect(() => assertDialect('SELECT a\nFROM fact WHERE a ILIKE b', 'sql')).toThrowError(
      expect.objectContaining({ code: 'QUERY_INVALID', location: { file: 'sql', line: 2, column: 19 } }),
    );
  });

  test.each(QUERIES.map((query) => [query.name, query] as const))('%s is in the dialect', (_, query) => {
    expect(lintDialect(queryText(query))).toEqual([]);
    const marks = tokenize(query.sql).filter(({ kind }) => kind === 'parameter');
    expect(marks).toHaveLength(query.positions.length);
    expect(new Set(query.positions)).toEqual(new Set(query.parameters.map(({ name }) => name)));
  });

  test('there are at least fourteen saved questions, each with its own name', () => {
    expect(new Set(QUERIES.map(({ name }) => name)).size).toBe(QUERIES.length);
    expect(QUERIES.length).toBeGreaterThanOrEqual(14);
  });
});

describe('tokens', () => {
  test('stand where they say, and never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (sql) => {
        const lines = sql.split('\n');
        for (const { kind, text, line, column } of tokenize(sql)) {
          if (kind === 'word' || kind === 'symbol') {
            expect(
              lines[line - 1]
                ?.slice(column - 1)
                .toLowerCase()
                .startsWith(text),
            ).toBe(true);
          }
        }
        expect(Array.isArray(lintDialect(sql))).toBe(true);
      }),
    );
  });
});
