import { beforeAll, describe, expect, it } from 'vitest';
import { askTrino } from './ask.ts';
import type { Place } from './lake.ts';

/** Texts of an auditor of soc2 who wants more, with what is said of each. */
const HOSTILE: [string, string][] = [
  ['SELECT * FROM fact', 'records of all frameworks'],
  ['SELECT * FROM "fact"', 'records of all frameworks'],
  ['SELECT count(*) FROM daily_counts', 'records of all frameworks'],
  ['SELECT * FROM exhibit_iso27001.evidence', 'there is no view exhibit_iso27001.evidence'],
  ['SELECT * FROM lake.exhibit_iso27001.evidence', 'there is no view lake.exhibit_iso27001'],
  ['SELECT * FROM "lake"."exhibit_iso27001"."evidence"', 'there is no view lake.exhibit_iso27001'],
  ['SELECT * FROM evidence, lake.exhibit_iso27001.evidence', 'there is no view lake.exhibit_iso27001'],
  ['SELECT (SELECT count(*) FROM lake.exhibit.fact) AS n', 'there is no view lake.exhibit'],
  ['WITH x AS (SELECT * FROM lake.exhibit.fact) SELECT * FROM x', 'there is no view lake.exhibit'],
  ['SELECT * FROM system.runtime.queries', 'there is no view system.runtime'],
  ['SELECT * FROM information_schema.tables', 'there is no view information_schema.tables'],
  ['SELECT * FROM lake.information_schema.schemata', 'there is no view lake.information_schema'],
  ['SELECT * FROM "evidence$partitions"', 'quoted name'],
  ['SELECT "$path" FROM evidence', 'quoted name'],
  ['SHOW SCHEMAS', 'begins with SELECT or WITH'],
  ['DELETE FROM evidence', 'begins with SELECT or WITH'],
  ['INSERT INTO lake.exhibit.fact SELECT * FROM evidence', 'begins with SELECT or WITH'],
  ['CREATE TABLE lake.exhibit.mine AS SELECT * FROM evidence', 'begins with SELECT or WITH'],
  ['SELECT 1; DROP TABLE lake.exhibit.fact', 'one statement'],
  ['SELECT 1) SELECT * FROM lake.exhibit.fact --', 'there is no view lake.exhibit'],
  ['CALL system.runtime.kill_query(query_id => 1)', 'begins with SELECT or WITH'],
  ["SELECT * FROM TABLE(system.query(query => 'x'))", 'SELECT only'],
  ['SELECT * FROM TABLE(exclude_columns(TABLE(evidence), DESCRIPTOR(record_id)))', 'SELECT only'],
  ['SELECT current_user', 'who asks'],
  ['SELECT "current_user"', 'who asks'],
  ['SELECT uuid()', 'not on the list'],
  ['SELECT version()', 'not on the list'],
  ['SELECT * FROM evidence TABLESAMPLE BERNOULLI (50)', 'sampling'],
  ['SELECT * FROM evidence FOR VERSION AS OF 1', 'not a version'],
  ['WITH FUNCTION f() RETURNS bigint RETURN 1 SELECT f()', ''],
  ['WITH evidence AS (SELECT * FROM control_map) SELECT * FROM evidence', 'is that of a view'],
  ["EXECUTE IMMEDIATE 'SELECT 1'", 'begins with SELECT or WITH'],
];

export function hostile(at: () => Place): void {
  describe('an auditor’s SQL on Trino', () => {
    let place: Place;
    beforeAll(() => {
      place = at();
    });

    const ask = (sql: string, parameters: string[] = []) =>
      askTrino(place, { sql, framework: 'soc2', parameters }, { auditor: true });

    it.each(HOSTILE)('%s is refused', async (sql, reason) => {
      await expect(ask(sql)).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        message: expect.stringContaining(reason),
      });
    });

    it('finds its own framework only, also where it names no framework', async () => {
      expect((await ask('SELECT DISTINCT framework FROM evidence')).rows).toEqual([['soc2']]);
      expect((await ask('SELECT DISTINCT framework FROM control_map')).rows).toEqual([['soc2']]);
      expect((await ask('SELECT DISTINCT framework FROM framework_controls')).rows).toEqual([['soc2']]);
      expect((await ask('SELECT DISTINCT framework FROM manifest')).rows).toEqual([['soc2']]);
      expect(
        (await ask('SELECT count(*) AS n FROM evidence WHERE framework = ?', ["iso27001' OR '1'='1"])).rows,
      ).toEqual([[0]]);
      await expect(askTrino(place, { sql: 'SELECT 1' }, { auditor: true })).rejects.toMatchObject({
        code: 'USAGE',
      });
    });

    it('without the lint finds nothing by a bare name: no catalogue and no schema is set', async () => {
      const run = (sql: string) =>
        place.engine.run({ name: 'sql', sql, values: [], before: 0 }, { timeout: 30_000, rowLimit: 10 });
      for (const sql of ['SELECT * FROM fact', 'SELECT * FROM exhibit.fact'])
        await expect(run(sql)).rejects.toMatchObject({
          code: 'QUERY_INVALID',
          message: expect.stringContaining('must be specified'),
        });
    });

    it('that is wrong is said to be so with its own line and column', async () => {
      await expect(
        ask('-- first\nWITH a AS (SELECT nothing\n  FROM evidence)\nSELECT * FROM a'),
      ).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        message: expect.stringMatching(/^sql, line 2, column 19: .*nothing/),
        location: { line: 2, column: 19 },
      });
      await expect(ask('SELECT *\nFROM evidence\nWHERE log_index = ?', ['1'])).rejects.toMatchObject({
        location: { line: 3 },
      });
    });

    it('that takes too long is cancelled on the server', async () => {
      const sql =
        'SELECT count(*) AS n FROM UNNEST(sequence(1, 10000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b (y) CROSS JOIN UNNEST(sequence(1, 10000)) AS c (z) WHERE mod(x * y + z, 7) = 3';
      await expect(askTrino(place, { sql, framework: 'soc2' }, { timeout: 3_000 })).rejects.toMatchObject({
        code: 'QUERY_FAILED',
        message: expect.stringContaining('took longer than'),
      });
      const states = await place.engine.run(
        {
          name: 'states',
          sql: "SELECT state, error_code FROM system.runtime.queries WHERE query LIKE '%10000%' AND query NOT LIKE '%runtime%'",
          values: [],
          before: 0,
        },
        { timeout: 30_000, rowLimit: 10 },
      );
      expect(states.rows.map(([state]) => state)).toEqual(['FAILED']);
      expect(states.rows[0]?.[1]).toBe('USER_CANCELED');
    });
  });
}
