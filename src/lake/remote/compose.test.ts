import { expect, test } from 'vitest';
import { compose, inlined } from './compose.ts';

const names = [{ name: 'fact', select: 'SELECT 1 AS n' }];

test('a text stands below the names that it reads, and keeps its lines and columns', () => {
  const text = '-- title\nSELECT n\n  FROM fact;';
  const { sql, before } = compose(text, names);
  expect(before).toBe(1);
  expect(sql).toBe('WITH "fact" AS (SELECT 1 AS n)\n-- title\nSELECT n\n  FROM fact ');
});

test('a WITH of its own comes after ours', () => {
  expect(compose('-- WITH\nWITH a AS (SELECT n FROM fact) SELECT * FROM a', names).sql).toBe(
    'WITH "fact" AS (SELECT 1 AS n),\n-- WITH\n     a AS (SELECT n FROM fact) SELECT * FROM a',
  );
  expect(compose('with recursive a (n) AS (SELECT 1) SELECT * FROM a', names).sql).toBe(
    'WITH RECURSIVE "fact" AS (SELECT 1 AS n),\n               a (n) AS (SELECT 1) SELECT * FROM a',
  );
});

test('a WITH may not hide a view', () => {
  expect(() => compose('WITH policy AS (SELECT 1 AS n) SELECT * FROM policy', names)).toThrow(
    /that of a view/,
  );
});

test('values of a small table are one literal, whatever is in them', () => {
  const hostile = `'); DROP TABLE x; --\u2028"\\`;
  const relation = {
    name: 'policy_version',
    columns: { policy_revision: 'VARCHAR', log_index: 'BIGINT', recorded_at: 'TIMESTAMP', unused: 'VARCHAR' },
    rows: [
      [hostile, 7, '2026-03-01T00:00:00.000Z', 'x'],
      [undefined, 8, undefined, 'y'],
    ],
  } as const;
  const { select } = inlined(relation, new Set(['policy_revision', 'log_index', 'recorded_at']));
  const [, literal = ''] = /json_parse\('((?:[^']|'')*)'\)/.exec(select) ?? [];
  expect(JSON.parse(literal.replaceAll("''", "'"))).toEqual([
    [hostile, '7', '2026-03-01T00:00:00.000Z'],
    [null, '8', null],
  ]);
  expect(select.replace(/'(?:[^']|'')*'/g, "''")).not.toMatch(/DROP|unused/);
  expect(select).not.toContain('\u2028');
});
