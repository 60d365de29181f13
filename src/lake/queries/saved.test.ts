import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDay, type QueryAnswer, query, rebuildLake } from '../index.ts';
import { DAILY, type Fixture, type Links, makeFixture } from '../testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

const CC61 = { framework: 'soc2', control: 'cc6.1' };
const LINKS: Links = [
  ['encrypted', 'soc2/cc6.1'],
  ['alerts', 'soc2/cc7.2'],
];
const RUN = '019ca8d7-2d00-7def-90be-371efe15a80a';
const first = { from: '2026-03-01', to: '2026-03-01' };

const close = (day: string) => closeDay(lake.ledger, day, { clock: lake.clock });
const ask = (name: string, more: object = {}) => query(lake.ledger, { name, ...more });

/** Rows as objects, with the named columns only. */
function pick({ columns, rows }: QueryAnswer, ...names: string[]): Record<string, unknown>[] {
  const at = names.map((name) => columns.findIndex((column) => column.name === name));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[at[i] ?? -1]])));
}

describe('a bundle that was signed twice', () => {
  test('has one line in the lineage of a record: the version that was announced last before it', async () => {
    const map = await lake.announce('r1', LINKS, 'one');
    await lake.announce('r1', LINKS, 'two');
    const [id] = await lake.decide(map, ['encrypted', 'db1', 'pass']);
    await lake.announce('r1', LINKS, 'three');
    const answer = await ask('record-lineage', { parameters: { record_id: id ?? '' } });
    expect(pick(answer, 'record_id', 'policy_log_index', 'announcements', 'policy_revision')).toEqual([
      { record_id: id, policy_log_index: 1, announcements: 3, policy_revision: 'r1' },
    ]);
  });

  test('is one version, and its decisions are counted once', async () => {
    const map = await lake.announce('r1', LINKS, 'one');
    await lake.announce('r1', LINKS, 'two');
    await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'pass']);
    const answer = await ask('policy-versions');
    expect(pick(answer, 'log_index', 'announcements', 'decisions')).toEqual([
      { log_index: 0, announcements: 2, decisions: 2 },
    ]);
  });
});

describe('lineage', () => {
  test('of a decision whose run was recorded twice has one line, and says so', async () => {
    const map = await lake.announce('r1', LINKS);
    const [id] = await lake.decide(map, ['encrypted', 'db1', 'pass', { run_id: RUN }]);
    await lake.put('ci', { record_type: 'run', run_id: RUN, run_total: 1 });
    await lake.put('other', { record_type: 'run', run_id: RUN, run_total: 1 });
    const answer = await ask('record-lineage', { parameters: { record_id: id ?? '' } });
    expect(pick(answer, 'run_log_index', 'run_records', 'run_total')).toEqual([
      { run_log_index: 2, run_records: 2, run_total: 1 },
    ]);
  });

  test('of a record whose bundle and run nobody announced is not lost', async () => {
    const [id] = await lake.decide(undefined, ['encrypted', 'db1', 'pass']);
    const answer = await ask('record-lineage', { parameters: { record_id: id ?? '' } });
    expect(pick(answer, 'record_id', 'policy_log_index', 'announcements', 'run_records')).toEqual([
      { record_id: id, policy_log_index: null, announcements: 0, run_records: 0 },
    ]);
  });
});

describe('daily counts', () => {
  const BOTH = {
    daily: `SELECT day, policy_id, tool, control_map_digest, verdict, disposition, CAST(sum(decisions) AS bigint) AS n
      FROM daily_counts GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
    fact: `SELECT day, policy_id, tool, control_map_digest, verdict, disposition, count(*) AS n
      FROM fact WHERE record_type = 'decision' GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`,
  };
  const count = async (sql: string) => (await query(lake.ledger, { sql })).rows;

  test('say of closed and open days what the fact table says', async () => {
    const map = await lake.announce('r1', LINKS);
    const decide = () =>
      lake.decide(
        map,
        ['encrypted', 'db1', 'pass'],
        ['encrypted', 'db2', 'pass'],
        ['encrypted', 'db3', 'fail'],
        ['alerts', 'db1', 'pass', { tool: 'checkov' }],
      );
    await decide();
    await lake.decide(undefined, ['encrypted', 'db4', 'pass']);
    lake.at('2026-03-02T09:00:00.000Z');
    await close('2026-03-01');
    await decide();
    const counts = await count(BOTH.daily);
    expect(counts).toEqual(await count(BOTH.fact));
    expect(counts.map((row) => [row[0], row[1], row[4], row.at(-1)])).toEqual([
      ['01', 'alerts', 'pass', 1],
      ['01', 'encrypted', 'fail', 1],
      ...[
        ['01', 'encrypted', 'pass', 2],
        ['01', 'encrypted', 'pass', 1],
      ],
      ['02', 'alerts', 'pass', 1],
      ['02', 'encrypted', 'fail', 1],
      ['02', 'encrypted', 'pass', 2],
    ]);
  });

  test('that are missing make the answer incomplete, and the log gives them back', async () => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(map, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-02T09:00:00.000Z');
    await close('2026-03-01');
    await rm(join(lake.folder, DAILY));
    const { coverage } = await ask('framework-verdicts', { framework: 'soc2', ...first });
    expect(coverage.complete).toBe(false);
    expect(coverage.gaps).toMatchObject([{ kind: 'file_missing', key: DAILY }]);
    const { days } = await rebuildLake(lake.ledger);
    expect(days).toEqual([{ day: '2026-03-01', outcome: 'same', restored: [DAILY], uploaded: [] }]);
  });
});

describe('policy versions', () => {
  test('show a bundle that decided and that nobody announced', async () => {
    const map = await lake.announce('r1', LINKS);
    const bundle_digest = `sha256:${'9'.repeat(64)}` as const;
    await lake.decide({ ...map, bundle_digest }, ['encrypted', 'db1', 'pass']);
    expect(pick(await ask('policy-versions'), 'bundle_digest', 'announcements', 'decisions')).toEqual([
      { bundle_digest: map.bundle_digest, announcements: 1, decisions: 0 },
      { bundle_digest, announcements: 0, decisions: 1 },
    ]);
  });

  test('of an open day before a closed one are not doubled', async () => {
    await lake.announce('r1', LINKS);
    lake.at('2026-03-02T10:00:00.000Z');
    await lake.put('ci', { record_type: 'heartbeat' });
    lake.at('2026-03-03T02:00:00.000Z');
    await close('2026-03-02');
    const answer = await query(lake.ledger, { sql: 'SELECT log_index FROM policy_version ORDER BY 1' });
    expect(answer.rows).toEqual([[0]]);
  });

  test('from before the period place the decisions of an open day', async () => {
    const map = await lake.announce('r1', LINKS);
    lake.at('2026-03-02T10:00:00.000Z');
    await lake.decide(map, ['encrypted', 'db1', 'fail']);
    const second = { from: '2026-03-02', to: '2026-03-02' };
    const expected = [['2026-03-02', 'fail', 'enforced', 1]];
    expect((await ask('verdicts-by-day', { ...CC61, ...second })).rows).toEqual(expected);
    lake.at('2026-03-02T11:00:00.000Z');
    await close('2026-03-01');
    const answer = await ask('verdicts-by-day', { ...CC61, ...second });
    expect(answer.rows).toEqual(expected);
    expect(answer.coverage.gaps.map(({ kind }) => kind)).toEqual(['day_not_closed']);
    expect(answer.coverage.expected).toBe(1);
  });
});

describe('a framework', () => {
  test('shows a control without any decision, and one that only the map names', async () => {
    const map = await lake.announce('r1', [...LINKS, ['encrypted', 'soc2/cc8.8']]);
    await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'fail', WAIVED]);
    lake.at('2026-03-02T02:00:00.000Z');
    await close('2026-03-01');
    const verdicts = await ask('framework-verdicts', { framework: 'soc2', ...first });
    expect(verdicts.rows).toEqual([
      ['soc2', 'cc6.1', 'fail', 'waived', 1],
      ['soc2', 'cc6.1', 'pass', 'none', 1],
      ['soc2', 'cc7.2', null, null, 0],
      ['soc2', 'cc8.8', 'fail', 'waived', 1],
      ['soc2', 'cc8.8', 'pass', 'none', 1],
      ['soc2', 'cc9.9', null, null, 0],
    ]);
    const coverage = await ask('framework-coverage', { framework: 'soc2', ...first });
    expect(pick(coverage, 'control', 'coverage', 'days_with_evidence', 'decisions')).toEqual([
      { control: 'cc6.1', coverage: 'automated', days_with_evidence: 1, decisions: 2 },
      { control: 'cc7.2', coverage: 'automated', days_with_evidence: 0, decisions: 0 },
      { control: 'cc8.8', coverage: null, days_with_evidence: 1, decisions: 2 },
      { control: 'cc9.9', coverage: 'manual', days_with_evidence: 0, decisions: 0 },
    ]);
  });

  test('says that decisions without a control map are in none of its rows', async () => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(map, ['encrypted', 'db1', 'pass']);
    await lake.decide(undefined, ['encrypted', 'db2', 'fail']);
    lake.at('2026-03-02T02:00:00.000Z');
    await close('2026-03-01');
    const { coverage } = await ask('framework-verdicts', { framework: 'soc2', ...first });
    expect(coverage.gaps).toEqual([expect.objectContaining({ kind: 'control_map', count: 1 })]);
    expect(coverage.complete).toBe(false);
  });
});

test('a policy that its control map does not name is counted in the manifest of the day and in every header', async () => {
  const map = await lake.announce('r1', LINKS);
  await lake.decide(
    map,
    ['encrypted', 'db1', 'pass'],
    ['foreign', 'db1', 'fail'],
    ['foreign', 'db2', 'fail'],
  );
  lake.at('2026-03-02T02:00:00.000Z');
  const unmapped = expect.objectContaining({ kind: 'unmapped_policy', count: 2 });
  expect((await close('2026-03-01')).details.gaps).toEqual([unmapped]);
  const { coverage } = await ask('verdicts-by-day', { ...CC61, ...first });
  expect(coverage.recorded_gaps).toEqual([unmapped]);
  // The control's own evidence lacks nothing: the map says what supports it.
  expect(coverage.complete).toBe(true);
  expect(pick(await ask('unmapped-decisions', first), 'policy_id', 'decisions')).toEqual([
    { policy_id: 'foreign', decisions: 2 },
  ]);
});

const OVERRIDE = { override_id: 'OV-1', override_digest: `sha256:${'1'.repeat(64)}` } as const;
const WAIVED = { disposition: 'waived', ...OVERRIDE } as const;

describe('overrides', () => {
  const register = (details: Record<string, string>) =>
    lake.put('policy', { record_type: 'override', policy_id: 'encrypted', ...OVERRIDE, details });
  const shown = async () => pick(await ask('overrides-in-force', first), 'override_id', 'uses', 'register');

  test('one that was used after its sunset is shown', async () => {
    const map = await lake.announce('r1', LINKS);
    await register({ created: '2026-01-01T00:00:00.000Z', sunset: '2026-02-01T00:00:00.000Z' });
    await lake.decide(map, ['encrypted', 'db1', 'fail', WAIVED]);
    expect(await shown()).toEqual([{ override_id: 'OV-1', uses: 1, register: 'used outside its dates' }]);
  });

  test('one without dates is shown', async () => {
    await register({});
    expect(await shown()).toEqual([{ override_id: 'OV-1', uses: 0, register: 'registered without dates' }]);
  });

  test('one that ended before the period and was not used is not', async () => {
    await register({ created: '2026-01-01T00:00:00.000Z', sunset: '2026-02-01T00:00:00.000Z' });
    expect(await shown()).toEqual([]);
  });
});

describe('runs', () => {
  test('whose decisions came in before midnight are whole; decisions without a run record are shown', async () => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(map, ['encrypted', 'db1', 'pass', { run_id: RUN }]);
    const lost = '019ca8d7-2d00-7def-90be-371efe15a80b';
    lake.at('2026-03-02T00:00:01.000Z');
    await lake.put('ci', { record_type: 'run', run_id: RUN, run_total: 1 });
    await lake.decide(map, ['encrypted', 'db1', 'pass', { run_id: lost }]);
    const answer = await ask('incomplete-runs', { from: '2026-03-02', to: '2026-03-02' });
    expect(pick(answer, 'run_id', 'run_total', 'arrived', 'problem')).toEqual([
      { run_id: lost, run_total: null, arrived: 1, problem: 'no run record' },
    ]);
  });
});

describe('the numbers of a run', () => {
  const shown = async () =>
    pick(await ask('incomplete-runs'), 'run_id', 'run_total', 'arrived', 'missing', 'surplus', 'problem');
  /** A run that says its total, and decisions with these numbers. */
  const run = async (run_total: number, numbers: readonly number[]) => {
    const judged = numbers.map(
      (run_index, at) => ['p', `db${at}`, 'pass', { run_id: RUN, run_index }] as const,
    );
    await lake.decide(undefined, ...judged);
    await lake.put('ci', { record_type: 'run', run_id: RUN, run_total });
  };

  test.each([
    ['one twice and one missing', 3, [0, 0, 2], 1, 1, 'decisions are missing, and others are too many'],
    ['beyond the total', 2, [1, 2], 1, 1, 'decisions are missing, and others are too many'],
    ['one missing', 3, [0, 2], 1, 0, 'decisions are missing'],
    ['one twice', 2, [0, 1, 1], 0, 1, 'more decisions than the run made'],
    ['decisions of a run that made none', 0, [0], 0, 1, 'more decisions than the run made'],
  ] as const)('%s', async (_, run_total, numbers, missing, surplus, problem) => {
    await run(run_total, numbers);
    expect(await shown()).toEqual([
      { run_id: RUN, run_total, arrived: numbers.length, missing, surplus, problem },
    ]);
  });

  test('all there, in any order, is a whole run', async () => {
    await run(3, [2, 0, 1]);
    expect(await shown()).toEqual([]);
  });

  test('decisions of another emitter do not fill the gaps of a run', async () => {
    const subject = { subject_type: 'database', subject_id: 'db1' };
    const judged = { policy_id: 'p', verdict: 'pass', disposition: 'none', severity: 'high' } as const;
    await lake.put('other', { record_type: 'decision', run_id: RUN, run_index: 0, ...judged, ...subject });
    await lake.put('ci', { record_type: 'run', run_id: RUN, run_total: 1 });
    expect(await shown()).toEqual([
      { run_id: RUN, run_total: null, arrived: 1, missing: null, surplus: null, problem: 'no run record' },
      { run_id: RUN, run_total: 1, arrived: 0, missing: 1, surplus: 0, problem: 'decisions are missing' },
    ]);
  });
});

describe('a question that reads no file', () => {
  test('says so, and from what it was answered', async () => {
    await lake.announce('r1', LINKS);
    lake.at('2026-03-02T02:00:00.000Z');
    await close('2026-03-01');
    await rm(join(lake.folder, 'evidence'), { recursive: true });
    const { coverage } = await ask('framework-coverage', { framework: 'soc2', ...first });
    expect(coverage).toMatchObject({ source: 'manifests', closed_days: 1, expected: 0, complete: true });
    const { coverage: policies } = await query(lake.ledger, { sql: 'SELECT 1 FROM policy', ...first });
    expect(policies).toMatchObject({ source: 'log', closed_days: 1 });
    const { coverage: facts } = await ask('late-records', first);
    expect(facts).toMatchObject({ source: 'files', closed_days: 1, found: 1 });
  });
});

describe('a control that is asked for', () => {
  const gaps = async (framework: string, control: string, name = 'verdicts-by-day') =>
    (await ask(name, { framework, control })).coverage.gaps
      .filter(({ kind }) => kind === 'no_expectation')
      .map(({ message }) => message);

  test('and that no framework of the log has is named, with the one that comes near', async () => {
    await lake.announce('r1', LINKS);
    expect(await gaps('soc2', 'cc66.1')).toEqual([
      'there is no control soc2/cc66.1 in the frameworks of the log; did you mean cc6.1?',
    ]);
    expect(await gaps('soc2', 'a.8.24')).toEqual([
      'there is no control soc2/a.8.24 in the frameworks of the log',
    ]);
    expect(await gaps('soc3', 'cc6.1')).toEqual(['there is no framework soc3 in the log; it has soc2']);
    expect(await gaps('soc3', 'cc6.1', 'framework-verdicts')).toHaveLength(1);
  });

  test('and that a framework has but no map names is another thing', async () => {
    await lake.announce('r1', LINKS);
    expect(await gaps('soc2', 'cc9.9')).toEqual([
      'no control map in the log names the control: nothing could be expected of it',
    ]);
    expect(await gaps('soc2', 'cc6.1')).toEqual([]);
  });
});

test('every decision of a layer is in one of its counts', async () => {
  const map = await lake.announce('r1', LINKS);
  await lake.decide(
    map,
    ['encrypted', 'db1', 'pass'],
    ['encrypted', 'db2', 'fail', WAIVED],
    ['encrypted', 'db3', 'error'],
    ['encrypted', 'db4', 'not_applicable'],
    ['encrypted', 'db5', 'fail', { disposition: 'awaiting_approval' }],
  );
  const answer = await ask('enforcement-by-layer', { ...CC61, ...first });
  expect(pick(answer, 'decisions', 'pass', 'fail', 'undecided', 'not_applicable')).toEqual([
    { decisions: 5, pass: 1, fail: 2, undecided: 1, not_applicable: 1 },
  ]);
  expect(pick(answer, 'waived', 'awaiting_approval', 'enforced')).toEqual([
    { waived: 1, awaiting_approval: 1, enforced: 0 },
  ]);
});
