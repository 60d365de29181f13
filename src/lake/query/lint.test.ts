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
];

describe('dialect lint', () => {
  test.each(REFUSED)('refuses %s', (sql, line, column, about) => {
    const [first] = lintDialect(sql);
    expect(first).toMatchObject({ line, column });
    expect(lintDialect(sql).some(({ message }) => about.test(message))).toBe(true);
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
