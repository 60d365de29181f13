import { expect, it } from 'vitest';
import { unreadableReport } from '../empty.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { methodologySections } from './methodology.ts';

const layer = (decisions: number, first_day: string) => ({
  ...{
    policy_id: 'encrypted',
    layer: 'ci',
    tool: 'exhibit',
    mode: 'enforce',
    first_day,
    last_day: '2026-03-03',
  },
  ...{ days: 1, decisions, pass: decisions, fail: 0, waived: 0, undecided: 0, not_applicable: 0, denied: 0 },
});
const policy = {
  policy_id: 'encrypted',
  title: 'T',
  says: 'S',
  modes: { ci: 'enforce' },
  revision: 'r1',
  since: '2026-03-01',
};
const control = (over: object) => ({ policies: [policy], layers: [], ...over }) as unknown as ControlReport;

const report: AuditReport = {
  ...unreadableReport({ framework: 'soc2', from: '2026-03-01', to: '2026-03-03' }, 'test.example/log', ''),
  // The second link holds since the third of March only.
  controls: [control({ layers: [layer(30, '2026-03-01')] }), control({ layers: [layer(10, '2026-03-03')] })],
  versions: [
    {
      ...{ log_index: 7, record_id: 'rec-7', recorded_at: '', revision: 'r1', bundle_digest: '' },
      ...{ control_map_digest: '', lineage: '', in_force_at_begin: true },
    },
  ],
  questions: [{ name: 'control-layers', rows: 2, complete: true, result_digest: 'sha256:abc' }],
};

it('links what a policy says and when it runs to the record that announced it, and what was seen to its answer', () => {
  const text = JSON.stringify(methodologySections(report, undefined));
  // The version itself, what it says, and when that runs.
  expect(text.split('7 rec-7').length - 1).toBe(3);
  expect(text).toContain('the answer to control-layers, sha256:abc');
  expect(text).toContain('sources-by-day, which was not asked');
  const other = JSON.stringify(methodologySections({ ...report, versions: [] }, undefined));
  expect(other).toContain('not known');
});

it('tells of a policy of two controls what was seen of it, and not what the shorter link saw', () => {
  const [seen] = methodologySections(report, undefined)
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) =>
      block.kind === 'table' && block.caption === 'Observed in the period' ? [block.rows] : [],
    );
  expect(seen).toEqual([[{ code: 'encrypted' }, 'ci', 'exhibit', '2026-03-01', '2026-03-03', 1, 30]]);
});

it('says of a policy that starts after the period, at the top and at the policy, that it was not in force by its own word', () => {
  const late = { ...policy, policy_id: 'late', since: '2026-03-04' };
  const [first] = methodologySections(
    { ...report, controls: [control({ policies: [policy, late] })] },
    undefined,
  );
  const [words, table] = first?.blocks ?? [];
  expect(words).toMatchObject({ kind: 'text' });
  expect(JSON.stringify(words)).toContain('1 of 2 policies say of themselves');
  const rows = table?.kind === 'table' ? table.rows : [];
  expect(rows.map((row) => [row[0], row[2]])).toEqual([
    [{ code: 'encrypted' }, '2026-03-01'],
    [{ code: 'late' }, '2026-03-04: after the period, so by its own word not in force in it'],
  ]);
  // A policy of the last day of the period was in force.
  const last = control({ policies: [{ ...policy, since: '2026-03-03' }] });
  expect(JSON.stringify(methodologySections({ ...report, controls: [last] }, undefined))).not.toContain(
    'own word not',
  );
});

it('a server says of itself who may read, and a file what it would let read', () => {
  const callers = [{ name: 'ci', by: 'token', roles: ['emitter'], expires: 'no end' }];
  const words = (digest: string | undefined) =>
    JSON.stringify(methodologySections(report, { digest, callers }));
  expect(words(undefined)).toContain('As this server is configured now, by its own word.');
  expect(words('sha256:abc')).toContain('As the settings of the server say, sha256:abc.');
  expect(words(undefined)).not.toContain('no settings of a server were given');
});

it('folds tables that are long, and keeps all of their rows', () => {
  const many = Array.from({ length: 40 }, (_, at) => ({ ...policy, policy_id: `p${at}` }));
  const tables = (list: typeof many) =>
    methodologySections({ ...report, controls: [control({ policies: list })] }, undefined)
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'table' ? [block] : []));
  const [says] = tables(many);
  expect([says?.folded, says?.rows.length]).toEqual([true, 40]);
  expect(tables(many.slice(0, 3))[0]?.folded).toBeUndefined();
});
