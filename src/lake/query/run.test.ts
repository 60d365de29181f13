import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDay, lintDialect, QUERIES, type QueryAnswer, query, queryText } from '../index.ts';
import { type Fixture, firstOfMarch, type InForce, makeFixture } from '../testing/fixture.ts';

let lake: Fixture;
let map: InForce;

/** 1 March as in the fixture, closed. 2 March: a waived fail, an empty run, a run that lost two of three decisions; open. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  map = await firstOfMarch(lake);
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  lake.at('2026-03-02T09:00:00.000Z');
  const override = { override_id: 'OV-1', override_digest: `sha256:${'1'.repeat(64)}` } as const;
  await lake.decide(map, ['encrypted', 'db2', 'fail', { disposition: 'waived', ...override }]);
  await lake.put('ci', { record_type: 'run', run_id: RUN_EMPTY, run_total: 0 });
  await lake.put('ci', { record_type: 'run', run_id: RUN_LOST, run_total: 3 });
  await lake.put('ci', { record_type: 'gap', message: 'no run since yesterday' });
});
afterAll(() => lake.remove());

const RUN_EMPTY = '019ca8d7-2d00-7def-90be-371efe15a80a';
const RUN_LOST = '019ca8d7-2d00-7def-90be-371efe15a80b';
const CC61 = { framework: 'soc2', control: 'cc6.1' };
const FIRST = { from: '2026-03-01', to: '2026-03-01' };

/** Rows as objects, with the named columns only. */
function pick({ columns, rows }: QueryAnswer, ...names: string[]): Record<string, unknown>[] {
  const at = names.map((name) => columns.findIndex((column) => column.name === name));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[at[i] ?? -1]])));
}
const ask = (name: string, more: object = {}) => query(lake.ledger, { name, ...more });

describe('an answer', () => {
  test('over a closed day is complete', async () => {
    const answer = await ask('verdicts-by-day', { ...CC61, ...FIRST });
    expect(answer.rows).toEqual([
      ['2026-03-01', 'fail', 'enforced', 1],
      ['2026-03-01', 'pass', 'none', 2],
    ]);
    // The day also has a decision without a control map: it cannot be placed, and the header says so.
    expect(answer.coverage).toMatchObject({
      expected: 1,
      found: 1,
      rows_expected: 3,
      rows_found: 3,
      checked: 'bytes',
    });
    expect(answer.coverage.gaps.map(({ kind }) => kind)).toEqual(['control_map']);
    const { origin, size, root } = await lake.ledger.checkpoint();
    expect(answer.ledger).toEqual({ origin, size, root });
  });

  test('over an open day reads the log, and is not complete', async () => {
    const answer = await ask('verdicts-by-day', CC61);
    expect(answer.rows.at(-1)).toEqual(['2026-03-02', 'fail', 'waived', 1]);
    expect(answer.coverage).toMatchObject({ expected: 2, found: 1, complete: false });
    expect(answer.coverage.from_log.days).toEqual(['2026-03-02']);
    expect(answer.coverage.gaps).toContainEqual(
      expect.objectContaining({ kind: 'day_not_closed', from: '2026-03-02', to: '2026-03-02' }),
    );
  });

  test('without rows still says what was expected', async () => {
    const answer = await ask('verdicts-by-day', { framework: 'soc2', control: 'cc7.2', ...FIRST });
    expect(answer).toMatchObject({
      rows: [],
      row_count: 0,
      coverage: { expected: 1, found: 1, rows_expected: 0 },
    });
  });

  test('about a control that no map names is never complete', async () => {
    const answer = await ask('verdicts-by-day', { framework: 'soc2', control: 'cc1.1', ...FIRST });
    expect(answer.coverage).toMatchObject({ expected: 0, complete: false });
    expect(answer.coverage.gaps).toContainEqual(expect.objectContaining({ kind: 'no_expectation' }));
  });

  test('names the days before and after the log', async () => {
    const answer = await ask('gap-records', { from: '2026-02-27', to: '2026-03-04' });
    const spans = answer.coverage.gaps.map(({ kind, from, to }) => [kind, from, to]);
    expect(spans).toEqual([
      ['before_log', '2026-02-27', '2026-02-28'],
      ['after_log', '2026-03-03', '2026-03-04'],
      ['day_not_closed', '2026-03-02', '2026-03-02'],
    ]);
    expect(pick(answer, 'message')).toEqual([{ message: 'no run since yesterday' }]);
  });

  test('is the same again, digest included', async () => {
    const [a, b] = [
      await ask('decisions', { ...CC61, ...FIRST }),
      await ask('decisions', { ...CC61, ...FIRST }),
    ];
    expect(a).toEqual(b);
    expect(a.result_digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('that is cut says so', async () => {
    const request = { sql: 'SELECT log_index FROM fact', ...FIRST };
    const answer = await query(lake.ledger, request, { rowLimit: 2 });
    expect(answer).toMatchObject({ row_count: 2, truncated: { limit: 2 }, coverage: { complete: false } });
    expect((await query(lake.ledger, request, { rowLimit: 5 })).truncated).toBeUndefined();
  });

  test('says when open days were too long to be read', async () => {
    const answer = await query(lake.ledger, { name: 'gap-records' }, { tailLimit: 1 });
    expect(answer.coverage.gaps.map(({ kind }) => kind)).toContain('tail_not_read');
    expect(answer.rows).toEqual([]);
  });
});

describe('saved questions', () => {
  test.each(QUERIES.map((one) => [one.name, one] as const))('%s runs', async (name, one) => {
    expect(lintDialect(queryText(one))).toEqual([]);
    const [record_id] = await lake.put('probe', { record_type: 'heartbeat' });
    const own = {
      ...{ record_id: record_id ?? '', since: '2026-03-02', policy_id: 'encrypted' },
      ...{ kind: 'engagement opened', engagement: 'eng-0123456789abcdef' },
    };
    const known = Object.entries(own).filter(([key]) =>
      one.parameters.some((parameter) => parameter.name === key),
    );
    const answer = await ask(name, { ...CC61, parameters: Object.fromEntries(known) });
    expect(answer.columns.length).toBeGreaterThan(1);
    expect(answer.coverage.complete).toBe(false);
  });

  test('failures: db1 failed at 10:00 and passed at 23:59:59.999, 839 whole minutes later', async () => {
    const answer = await ask('failures-and-recovery', { ...CC61, ...FIRST });
    expect(pick(answer, 'subject_id', 'passed_at', 'minutes_to_pass')).toEqual([
      { subject_id: 'db1', passed_at: '2026-03-01T23:59:59.999Z', minutes_to_pass: 839 },
    ]);
  });

  test('waived is shown with the verdict that it had, and its use although no override record is there', async () => {
    expect(pick(await ask('waived-decisions', CC61), 'subject_id', 'verdict', 'override_id')).toEqual([
      { subject_id: 'db2', verdict: 'fail', override_id: 'OV-1' },
    ]);
    expect(pick(await ask('overrides-in-force'), 'override_id', 'uses', 'register')).toEqual([
      { override_id: 'OV-1', uses: 1, register: 'used without a record of its own' },
    ]);
  });

  test('runs that decided nothing, and runs whose decisions are missing', async () => {
    expect(pick(await ask('runs-without-decisions'), 'run_id')).toEqual([{ run_id: RUN_EMPTY }]);
    const runs = pick(await ask('incomplete-runs'), 'run_id', 'run_total', 'arrived', 'problem');
    expect(runs.filter(({ problem }) => problem !== 'no run record')).toEqual([
      { run_id: RUN_LOST, run_total: 3, arrived: 0, problem: 'decisions are missing' },
    ]);
  });

  test('coverage counts a control without evidence, and one that is manual', async () => {
    const answer = await ask('framework-coverage', { framework: 'soc2', ...FIRST });
    expect(pick(answer, 'control', 'days_expected', 'days_with_evidence', 'decisions')).toEqual([
      { control: 'cc6.1', days_expected: 1, days_with_evidence: 1, decisions: 3 },
      { control: 'cc7.2', days_expected: 1, days_with_evidence: 0, decisions: 0 },
      { control: 'cc9.9', days_expected: 0, days_with_evidence: 0, decisions: 0 },
    ]);
  });

  test('policies that judged nothing, and decisions that count for no control', async () => {
    expect(pick(await ask('never-judged', FIRST), 'policy_id')).toEqual([{ policy_id: 'alerts' }]);
    expect(pick(await ask('unmapped-decisions', FIRST), 'policy_id', 'decisions')).toEqual([
      { policy_id: 'encrypted', decisions: 1 },
    ]);
  });

  test('missing numbers of an emitter, also its first', async () => {
    const record = { ...HEARTBEAT, emitter: 'gappy' };
    const ids = ['019ca8d7-2d00-7def-90be-371efe15a801', '019ca8d7-2d00-7def-90be-371efe15a802'];
    await lake.ledger.appendNumbered([
      { ...record, record_id: ids[0] ?? '', sequence: 2 },
      { ...record, record_id: ids[1] ?? '', sequence: 5 },
    ]);
    await lake.ledger.seal();
    const rows = pick(await ask('sequence-gaps'), 'emitter', 'first_missing', 'last_missing', 'missing');
    expect(rows.filter(({ emitter }) => emitter === 'gappy')).toEqual([
      { emitter: 'gappy', first_missing: 0, last_missing: 1, missing: 2 },
      { emitter: 'gappy', first_missing: 3, last_missing: 4, missing: 2 },
    ]);
  });
});

const HEARTBEAT = {
  schema: 'exhibit.record/1',
  record_type: 'heartbeat',
  observed_at: '2026-03-02T09:00:00.000Z',
  layer: 'ci',
  tool: 'exhibit',
} as const;

describe('SQL of a user', () => {
  const sql = (text: string, parameters?: string[]) =>
    query(lake.ledger, { sql: text, ...(parameters === undefined ? {} : { parameters }), ...FIRST });

  test('takes parameters in order', async () => {
    const text = 'SELECT subject_id FROM fact WHERE policy_id = ? AND subject_id = ?';
    expect((await sql(text, ['encrypted', 'db2'])).rows).toEqual([['db2']]);
    await expect(sql(text, ['encrypted'])).rejects.toMatchObject({ code: 'QUERY_INVALID' });
  });

  test.each([
    ["SELECT * FROM read_text('/etc/passwd')", 'QUERY_INVALID'],
    ["SELECT * FROM '/etc/passwd'", 'QUERY_INVALID'],
    ["SELECT * FROM fact, '/etc/passwd'", 'QUERY_INVALID'],
    ["COPY (SELECT 1) TO '/tmp/x'", 'QUERY_INVALID'],
    ['SELECT no_such_column FROM fact', 'QUERY_INVALID'],
    ['SELECT 1 FROM no_such_table', 'QUERY_INVALID'],
    ["SELECT CAST('x' AS bigint) FROM fact", 'QUERY_FAILED'],
  ])('%s is refused', async (text, code) => {
    await expect(sql(text)).rejects.toMatchObject({ code });
  });

  test('that the engine refuses: its first line, and what there is instead', async () => {
    await expect(sql('SELECT verdit FROM fact')).rejects.toMatchObject({
      message: 'sql: Binder Error: Referenced column "verdit" not found in FROM clause!',
      hint: expect.stringMatching(
        /Candidate bindings: .*"verdict".* The views are fact, daily_counts, evidence,/,
      ),
    });
  });

  test('that takes too long is stopped', async () => {
    const text =
      'SELECT count(*) FROM UNNEST(sequence(1, 100000)) AS a(x), UNNEST(sequence(1, 1000000)) AS b(y) WHERE mod(x * y, 7) = 3';
    await expect(query(lake.ledger, { sql: text, ...FIRST }, { timeout: 200 })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
  });

  test.each([
    ['one call that no interrupt stops', "SELECT length(rpad('a', 1500000000, 'b')) AS n"],
    ['one call on a value of the lake', "SELECT length(rpad(policy_id, 1500000000, 'b')) AS n FROM fact"],
  ])('is stopped within its time: %s', async (_, text) => {
    await expect(query(lake.ledger, { sql: text, ...FIRST }, { timeout: 100 })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringMatching(/took longer than 100 ms/),
    });
  });

  test('is stopped when its process takes too much memory', async () => {
    const text = "SELECT length(rpad('a', 1500000000, 'b')) AS n";
    await expect(query(lake.ledger, { sql: text, ...FIRST }, { memoryLimit: '64MB' })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringMatching(/600870912 bytes of memory/),
    });
  });

  test.each([
    ["SELECT rpad('a', 20000000, 'b') AS n", /value has more than 16777216/],
    ['SELECT sequence(1, 2400000) AS n', /value has more than 16777216/],
  ])('gets no answer of any size: %s', async (text, about) => {
    await expect(sql(text)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringMatching(about),
    });
  });

  test('a question needs its parameters, and no others', async () => {
    await expect(ask('verdicts-by-day', FIRST)).rejects.toMatchObject({ code: 'QUERY_INVALID' });
    await expect(ask('gap-records', { parameters: { x: '1' } })).rejects.toMatchObject({
      code: 'QUERY_INVALID',
    });
    await expect(ask('no-such-question')).rejects.toMatchObject({ code: 'QUERY_INVALID' });
  });
});

describe('an empty ledger', () => {
  test('answers with nothing, and not completely', async () => {
    const empty = await makeFixture('2026-03-01T10:00:00.000Z');
    try {
      const answer = await query(empty.ledger, { name: 'verdicts-by-day', ...CC61, ...FIRST });
      expect(answer).toMatchObject({
        rows: [],
        coverage: { complete: false, expected: 0 },
        ledger: { size: 0 },
      });
    } finally {
      await empty.remove();
    }
  });
});
