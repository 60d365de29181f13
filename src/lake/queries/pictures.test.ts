import { afterEach, beforeEach, expect, test } from 'vitest';
import { type QueryAnswer, query } from '../index.ts';
import { type Fixture, type Links, makeFixture } from '../testing/fixture.ts';
import { putStamp } from '../testing/stamp.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

const LINKS: Links = [
  ['encrypted', 'soc2/cc6.1'],
  // A policy of two controls counts once in what counts subjects.
  ['encrypted', 'soc2/cc7.2'],
  ['alerts', 'iso27001/a.8.15'],
];
const SOC2 = { framework: 'soc2' };
const ask = (name: string, more: object = {}) => query(lake.ledger, { name, ...more });

function objects({ columns, rows }: QueryAnswer): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
}

test('of what failed at a layer, what a later one judged afterwards has reached it', async () => {
  const map = await lake.announce('r1', LINKS);
  const at = (layer: 'pre-commit' | 'ci' | 'admission' | 'runtime') => ({ layer });
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail', { ...at('pre-commit'), disposition: 'warned' }],
    ['encrypted', 'early', 'pass', at('runtime')],
    ['alerts', 'db1', 'fail', at('ci')],
    ['encrypted', 'db5', 'not_applicable', at('ci')],
  );
  lake.at('2026-03-01T11:00:00.000Z');
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail', at('ci')],
    ['encrypted', 'db1', 'fail', at('ci')],
    ['encrypted', 'db2', 'pass', at('ci')],
    ['encrypted', 'db3', 'fail', { ...at('ci'), disposition: 'waived', override_id: 'OV-1' }],
    // What was judged before it failed has not come from there.
    ['encrypted', 'early', 'fail', at('ci')],
  );
  lake.at('2026-03-02T11:00:00.000Z');
  await lake.decide(map, [
    'encrypted',
    'db3',
    'fail',
    { ...at('runtime'), disposition: 'observed', environment: 'production' },
  ]);
  expect(objects(await ask('layer-funnel', SOC2))).toEqual([
    { layer: 'ci', evaluated: 4, failed: 3, denied: 2, overridden: 1, reached: 1 },
    { layer: 'pre-commit', evaluated: 1, failed: 1, denied: 0, overridden: 0, reached: 1 },
    { layer: 'runtime', evaluated: 2, failed: 1, denied: 0, overridden: 0, reached: 0 },
  ]);
});

test('the last decision of a control is that which judged something, of the period', async () => {
  const map = await lake.announce('r1', LINKS);
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  const [, id] = await lake.decide(
    map,
    ['encrypted', 'db1', 'pass'],
    ['encrypted', 'db2', 'fail'],
    ['encrypted', 'x', 'not_applicable'],
  );
  lake.at('2026-03-02T11:00:00.000Z');
  await lake.decide(map, ['encrypted', 'db3', 'pass']);
  const answer = await ask('control-latest', { ...SOC2, from: '2026-03-01', to: '2026-03-01' });
  expect(objects(answer)).toMatchObject([
    { control: 'cc6.1', record_id: id, log_index: 3, verdict: 'fail', bundle_digest: map.bundle_digest },
    { control: 'cc7.2', record_id: id, log_index: 3 },
  ]);
});

test('what a layer denied is a part of what failed there', async () => {
  const map = await lake.announce('r1', LINKS);
  await lake.decide(
    map,
    ['encrypted', 'db1', 'fail'],
    ['encrypted', 'db2', 'fail', { disposition: 'warned' }],
    ['encrypted', 'db3', 'error', { disposition: 'enforced' }],
  );
  const [first] = objects(await ask('control-layers', SOC2));
  expect(first).toMatchObject({ control: 'cc6.1', fail: 2, denied: 1, undecided: 1 });
});

test('each form of an override is one line, however often it was recorded', async () => {
  const details = (sunset: string) => ({
    created: '2026-02-01T00:00:00Z',
    sunset,
    scope: { subjects: ['db*'] },
  });
  const put = (digit: string, sunset: string) =>
    lake.put('ci', {
      ...{ record_type: 'override', policy_id: 'encrypted', override_id: 'OV-1' },
      override_digest: `sha256:${digit.repeat(64)}`,
      details: details(sunset),
    });
  await put('a', '2026-03-01T00:00:00Z');
  await put('a', '2026-03-01T00:00:00Z');
  lake.at('2026-03-05T10:00:00.000Z');
  await put('b', '2026-04-01T00:00:00Z');
  const rows = objects(await ask('override-history', { to: '2026-03-05' }));
  expect(
    rows.map(({ log_index, first_recorded_at, sunset }) => [log_index, first_recorded_at, sunset]),
  ).toEqual([
    [0, '2026-03-01T10:00:00.000Z', '2026-03-01T00:00:00Z'],
    [2, '2026-03-05T10:00:00.000Z', '2026-04-01T00:00:00Z'],
  ]);
  expect(rows.map(({ details: text }) => JSON.parse(String(text)).scope.subjects)).toEqual([
    ['db*'],
    ['db*'],
  ]);
  expect(objects(await ask('override-history', { to: '2026-03-04' }))).toHaveLength(1);
});

test('time stamps are those that the ledger itself wrote', async () => {
  await lake.put('ci', { record_type: 'timestamp', details: { size: 99, tsa: 'anybody' } });
  await putStamp(lake, 1);
  expect(objects(await ask('time-stamps'))).toMatchObject([{ log_index: 1, size: '1', tsa: 'CN=Stamp' }]);
});

test('what was judged on days without a link counts for no control, also where a linked day lies between them', async () => {
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1', { from: '2026-03-02', until: '2026-03-02' }],
  ]);
  await lake.decide(map, ['encrypted', 'around', 'fail'], ['encrypted', 'never', 'pass']);
  lake.at('2026-03-02T11:00:00.000Z');
  await lake.decide(map, ['encrypted', 'within', 'fail']);
  lake.at('2026-03-03T11:00:00.000Z');
  await lake.decide(map, ['encrypted', 'around', 'pass']);
  const period = { ...SOC2, from: '2026-03-01', to: '2026-03-03' };
  expect(objects(await ask('control-subjects', period))).toEqual([{ control: 'cc6.1', subjects: 1 }]);
  expect(objects(await ask('layer-funnel', period))).toMatchObject([{ evaluated: 1, failed: 1 }]);
});

test('runs by hour: how many, the first and the last, and the longest between two that followed each other', async () => {
  const run = (instant: string) => ({
    record_type: 'run' as const,
    run_id: `0192f0c1-7b5e-7d1c-8f7e-${instant.replace(/\D/g, '').padStart(12, '0')}`,
    run_total: 0,
  });
  for (const time of ['10:05', '10:20', '10:52', '12:00']) {
    lake.at(`2026-03-01T${time}:00.000Z`);
    await lake.put('scan', run(time));
  }
  await lake.decide(undefined, ['encrypted', 'db', 'pass']);
  const found = objects(await ask('runs-by-hour', { from: '2026-03-01', to: '2026-03-01' }));
  const at = (time: string) => `2026-03-01T${time}:00.000Z`;
  expect(found).toEqual([
    // 15 and 32 minutes.
    {
      ...{ emitter: 'scan', recorded_day: '2026-03-01', hour_of_day: 10, runs: 3 },
      ...{ first_run_at: at('10:05'), last_run_at: at('10:52'), longest_between: 1_920_000 },
    },
    {
      ...{ emitter: 'scan', recorded_day: '2026-03-01', hour_of_day: 12, runs: 1 },
      ...{ first_run_at: at('12:00'), last_run_at: at('12:00'), longest_between: 0 },
    },
  ]);
});

test('of the fails of a day, those that a gate enforced were stopped; what runs, and what was only told, was not', async () => {
  const map = await lake.announce('r1', LINKS);
  const fail = (subject: string, layer: 'pre-commit' | 'ci' | 'admission' | 'runtime', more: object = {}) =>
    ['encrypted', subject, 'fail', { layer, disposition: 'enforced' as const, ...more }] as const;
  await lake.decide(
    map,
    fail('a', 'pre-commit'),
    fail('b', 'ci'),
    fail('c', 'admission'),
    fail('d', 'runtime'),
    fail('e', 'ci', { disposition: 'warned' }),
    fail('f', 'runtime', { disposition: 'observed' }),
    fail('g', 'ci', { disposition: 'waived', override_id: 'OV-1' }),
    ['encrypted', 'h', 'pass', { layer: 'ci' }],
  );
  const [row] = objects(await ask('control-days', SOC2));
  expect(row).toMatchObject({ control: 'cc6.1', decisions: 8, pass: 1, fail: 7, waived: 1, stopped: 3 });
});
