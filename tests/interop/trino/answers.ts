import { beforeAll, describe, expect, it } from 'vitest';
import { QUERIES, type QueryRequest, query } from '../../../src/lake/index.ts';
import { askTrino } from './ask.ts';
import { ACT, PERIOD, type Place } from './lake.ts';

export function answers(at: () => Place): void {
  describe('answers of Trino', () => {
    let place: Place;
    beforeAll(() => {
      place = at();
    });

    const remote = (request: QueryRequest) => askTrino(place, request);
    const local = (request: QueryRequest) => query(place.lake.ledger, { ...PERIOD, ...request });

    const asked = QUERIES.map(({ name, parameters }): [string, QueryRequest] => {
      const needs = new Set(parameters.map((parameter) => parameter.name));
      return [
        name,
        {
          name,
          ...(needs.has('framework') ? { framework: 'soc2' } : {}),
          ...(needs.has('control') ? { control: 'cc6.1' } : {}),
          ...(needs.has('since') ? { parameters: { since: '2026-03-03' } } : {}),
          ...(needs.has('policy_id') ? { parameters: { policy_id: 'encrypted' } } : {}),
          ...(needs.has('kind') ? { parameters: { kind: ACT.kind } } : {}),
          ...(needs.has('engagement') ? { parameters: { engagement: ACT.engagement } } : {}),
        },
      ];
    });
    it.each(asked)(
      'to %s are those of DuckDB: columns, rows, their order, digest and coverage',
      async (name, request) => {
        const full =
          name === 'record-lineage' ? { ...request, parameters: { record_id: place.record } } : request;
        const [here, there] = [await local(full), await remote(full)];
        expect(there.columns.map((column) => column.name)).toEqual(here.columns.map((column) => column.name));
        expect(there.rows).toEqual(here.rows);
        expect(there.result_digest).toBe(here.result_digest);
        expect(there.coverage).toEqual(here.coverage);
        expect(there.engine?.query_id).toMatch(/^\w+$/);
        // Two empty answers would agree on nothing.
        expect(here.rows).not.toEqual([]);
      },
    );

    const texts: [string, QueryRequest][] = [
      [
        'text with signs of SQL',
        {
          sql: "SELECT record_id, message FROM fact WHERE message LIKE '%ö%' AND message = ?",
          parameters: [`it's “öffen”\nand \${x}; DROP TABLE`],
        },
      ],
      [
        'a value that would end a literal',
        { sql: 'SELECT count(*) AS n FROM fact WHERE emitter = ?', parameters: ["ci' OR '1'='1"] },
      ],
      [
        'frameworks together',
        {
          sql: 'SELECT framework, control, strength, year, month, day, count(*) AS n FROM evidence GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6',
        },
      ],
      [
        'all columns of evidence',
        { sql: 'SELECT * FROM evidence ORDER BY log_index, framework, control', framework: 'soc2' },
      ],
      ['all columns of fact', { sql: 'SELECT * FROM fact ORDER BY log_index;' }],
      [
        'all columns of the small tables',
        { sql: 'SELECT * FROM policy_version v CROSS JOIN manifest m ORDER BY v.log_index, m.key' },
      ],
      [
        'times, numbers and lists',
        {
          sql: "SELECT observed_at, CAST(observed_at AS date) AS observed_on, date_diff('minute', observed_at, recorded_at) AS minutes, sum(log_index) OVER (ORDER BY log_index) AS so_far, CAST(log_index AS double) / 3 AS third, 9007199254740993 + log_index AS big, late, ARRAY[verdict, layer] AS both FROM fact ORDER BY log_index",
        },
      ],
      [
        'a part of the period',
        {
          sql: 'SELECT count(*) AS n, min(recorded_at) AS first FROM fact',
          from: '2026-03-02',
          to: '2026-03-02',
        },
      ],
      [
        'its own WITH',
        {
          sql: '-- a comment\nWITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < 3) SELECT n FROM one ORDER BY n',
        },
      ],
    ];
    it.each(texts)('to %s are those of DuckDB', async (_, request) => {
      const [here, there] = [await local(request), await askTrino(place, request)];
      expect(there.columns.map((column) => column.name)).toEqual(here.columns.map((column) => column.name));
      expect(there.rows).toEqual(here.rows);
      expect(there.result_digest).toBe(here.result_digest);
      expect(there.coverage).toEqual(here.coverage);
    });

    it('are cut at the limit, and say so', async () => {
      const answer = await askTrino(
        place,
        { sql: 'SELECT log_index FROM fact ORDER BY log_index' },
        { rowLimit: 2 },
      );
      expect(answer).toMatchObject({
        rows: [[0], [1]],
        truncated: { limit: 2 },
        coverage: { complete: false },
      });
    });

    it('say which days are open: they are not read', async () => {
      const answer = await askTrino(place, { name: 'gap-records', to: '2026-03-04' });
      expect(answer.coverage.complete).toBe(false);
      expect(answer.coverage.gaps.map(({ kind, from }) => [kind, from])).toEqual([
        ['day_not_closed', '2026-03-04'],
      ]);
    });

    it('read the partitions of their period and control only: the plan says so', async () => {
      const sql = (name: string, where: string) =>
        `EXPLAIN (TYPE IO, FORMAT JSON) SELECT * FROM ${place.engine.table('exhibit_soc2', name)} WHERE ${where}`;
      const where = `"year" BETWEEN '2026' AND '2026' AND "year" || '-' || "month" || '-' || "day" BETWEEN '2026-03-02' AND '2026-03-03' AND "control" = 'cc6.1'`;
      const { rows } = await place.engine.run(
        { name: 'plan', sql: sql('evidence', where), values: [], before: 0 },
        { timeout: 60_000, rowLimit: 10 },
      );
      const plan = JSON.parse(String(rows[0]?.[0])) as Plan;
      const values = new Map(
        plan.inputTableColumnInfos[0]?.constraint.columnConstraints.map(({ columnName, domain }) => [
          columnName,
          domain.ranges.map(({ low, high }) => [low.value, high.value].join(' to ')),
        ]),
      );
      expect(values.get('control')).toEqual(['cc6.1 to cc6.1']);
      expect(values.get('year')).toEqual(['2026 to 2026']);
      expect(values.get('month')).toEqual(['03 to 03']);
      expect(values.get('day')).toEqual(['02 to 02', '03 to 03']);
    });
  });
}

interface Plan {
  inputTableColumnInfos: {
    constraint: {
      columnConstraints: {
        columnName: string;
        domain: { ranges: { low: { value: string }; high: { value: string } }[] };
      }[];
    };
  }[];
}
