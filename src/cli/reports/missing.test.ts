import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, type InForce, makeFixture } from '../../lake/testing/fixture.ts';
import { SCHEMA } from '../../record/index.ts';
import { engagementAnswerSchema, engagementsSchema } from '../engagement/schema.ts';
import { Machine } from '../testing/program.ts';

const RUNS = ['019ca8d7-2d00-7def-90be-371efe15a801', '019ca8d7-2d00-7def-90be-371efe15a802'] as const;
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'] as const;
const SCOPE = ['--framework', 'soc2', '--from', DAYS[0], '--to', DAYS[2]];

let lake: Fixture;
let machine: Machine;
let map: InForce;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  machine = new Machine('2026-03-05T12:00:00Z');
  const links = [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'soc2/cc7.2'],
  ] as const;
  const emitters = [{ name: 'ci', owner: 'platform@example.com', cadence: 'P1D', since: '2026-01-01' }];
  map = await lake.announce('r1', links, 'first', undefined, emitters);
});
afterEach(() => lake.remove());

/** A run of the source that is expected, of `total` decisions, of which two come: one pass and one fail. */
async function run(run_id: string, total: number): Promise<void> {
  await lake.put('ci', { record_type: 'run', run_id, run_total: total });
  await lake.decide(map, ['encrypted', 'db1', 'pass', { run_id }], ['encrypted', 'db2', 'fail', { run_id }]);
}

async function close(): Promise<void> {
  lake.at('2026-03-04T09:00:00.000Z');
  await lake.put('other', { record_type: 'heartbeat' });
  for (const day of DAYS) await closeDay(lake.ledger, day, { clock: lake.clock });
}

/** Days 1 to 3: on the second no run came; on the third one without its third decision, a gap that was recorded, and two numbers left out. */
async function lacking(): Promise<void> {
  await run(RUNS[0], 2);
  lake.at('2026-03-02T09:00:00.000Z');
  await lake.put('other', { record_type: 'heartbeat' });
  lake.at('2026-03-03T09:00:00.000Z');
  await run(RUNS[1], 3);
  const numbered = [0, 3].map((sequence) => ({
    ...{ schema: SCHEMA as typeof SCHEMA, record_id: `019ca8d7-2d00-7def-90be-371efe15a81${sequence}` },
    ...{ record_type: 'heartbeat' as const, observed_at: '2026-03-03T09:00:00.000Z', sequence },
    ...{ emitter: 'gappy', layer: 'ci' as const, tool: 'gappy' },
  }));
  await lake.ledger.appendNumbered(numbered);
  await lake.put('watcher', { record_type: 'gap', message: 'ci: a run was due' });
  await close();
}

/** Opens an engagement over the three days. @returns what asks for its answer */
async function engagement(): Promise<(...flags: string[]) => ReturnType<Machine['run']>> {
  const place = ['--evidence', lake.folder];
  const given = ['--auditor', 'Ada', '--expires', '2026-12-31', '-o', 'json'];
  const opened = await machine.run('engagement', 'open', ...SCOPE, ...place, ...given);
  const id = engagementsSchema.parse(JSON.parse(opened.stdout)).engagements[0]?.engagement ?? '';
  return (...flags) => machine.run('engagement', 'answer', id, ...place, ...flags);
}

async function report(name: string) {
  const file = join(machine.folder, `${name}.json`);
  const place = ['--evidence', lake.folder, ...SCOPE];
  const { code, stdout, stderr } = await machine.run(
    'report',
    name,
    ...place,
    '-o',
    `json=${file}`,
    '-o',
    'csv',
  );
  return { code, stdout, stderr, file, ...JSON.parse(readFileSync(file, 'utf8')) };
}

it('what did not come is named with counts, first in every report, and none of them ends as if all were there', async () => {
  await lacking();
  for (const name of ['completeness', 'framework', 'overrides']) {
    const { code, report: model, stdout } = await report(name);
    expect(code).toBe(3);
    expect(model.standing.complete).toBe(false);
    expect(
      model.standing.missing.map(({ kind, count }: { kind: string; count: number }) => `${kind} ${count}`),
    ).toEqual(['days_of_sources 1', 'runs_incomplete 1', 'numbers_missing 2', 'gaps_recorded 1']);
    for (const words of ['ci 1 of 3', 'ci 1 (', 'gappy 2', '1 gap is on record'])
      expect(
        stdout
          .split('\r\n')
          .filter((line: string) => line.startsWith('warning,'))
          .join('\n'),
      ).toContain(words);
    expect(stdout).toContain('NOT COMPLETE');
  }
});

it('nothing is known to be missing where each day has its run, whole', async () => {
  for (const [at, day] of DAYS.entries()) {
    lake.at(`${day}T09:00:00.000Z`);
    await run(RUNS[at] ?? '019ca8d7-2d00-7def-90be-371efe15a803', 2);
  }
  await close();
  const { code, report: model, stdout } = await report('completeness');
  expect(model.standing).toMatchObject({ missing: [], warnings: [], complete: true, sources_expected: 1 });
  expect(stdout).toContain('Nothing of the period is known to be missing.');
  expect(code).toBe(0);
});

it('a run that was not to come before the day is over is not missed', async () => {
  machine.at('2026-03-03T08:00:00Z');
  for (const [at, day] of DAYS.slice(0, 2).entries()) {
    lake.at(`${day}T09:00:00.000Z`);
    await run(RUNS[at] ?? '', 2);
  }
  const { report: model } = await report('completeness');
  expect(model.standing.missing.map(({ kind }: { kind: string }) => kind)).toEqual([]);
  const source = model.completeness.sources.find(({ emitter }: { emitter: string }) => emitter === 'ci');
  expect(source).toMatchObject({ days_expected: 2, days_with_runs: 2, days_missed: [] });
});

it('the answer of an engagement tells what was read from what is missing', async () => {
  await lacking();
  const ask = await engagement();
  const answered = await ask('-o', 'json');
  const answer = engagementAnswerSchema.parse(JSON.parse(answered.stdout));
  expect(answer).toMatchObject({ complete: true, gap_records: 1, exit_code: 3 });
  expect(answer.missing).toMatchObject([{ kind: 'gaps_recorded', count: 1 }]);
  expect(answered.code).toBe(3);
  const { stdout, code } = await ask();
  expect(code).toBe(3);
  expect(stdout).toMatch(/^files {7}all read: /m);
  expect(stdout).toMatch(/^evidence {4}NOT COMPLETE/m);
  expect(stdout).toContain('MISSING  1 gap is on record');
  expect(stdout).not.toMatch(/answer +complete/);
});

it('what counts for two controls is counted once over all of them', async () => {
  await lacking();
  const { report: model } = await report('framework');
  // Two runs came with a pass and a fail each: four decisions; db2 failed twice, which is one exception. Both controls have all of it.
  expect(model.totals).toMatchObject({ decisions: 4, pass: 2, fail: 2, waived: 0, exceptions: 1 });
  const counted = model.controls.map((each: { decisions: number; exceptions: number }) => [
    each.decisions,
    each.exceptions,
  ]);
  expect(counted).toEqual([
    [4, 1],
    [4, 1],
    [0, 0],
  ]);
});

it('a day on which nothing was there to judge is no day with evidence, wherever days are counted', async () => {
  const quiet = await lake.announce('r2', [
    ['encrypted', 'soc2/cc6.1'],
    ['quiet', 'soc2/cc7.2'],
  ]);
  await lake.decide(quiet, ['encrypted', 'db1', 'pass'], ['quiet', 'none', 'not_applicable']);
  await close();
  const { report: model, stdout } = await report('framework');
  const days = model.controls.map((each: { id: string; days_with_evidence: number }) => [
    each.id,
    each.days_with_evidence,
  ]);
  expect(days).toEqual([
    ['cc6.1', 1],
    ['cc7.2', 0],
    ['cc9.9', 0],
  ]);
  expect(stdout).toContain('2 of 3 controls have it on no day; for 1 of these decisions came');
  const ask = await engagement();
  const answered = await ask('-o', 'json');
  const { controls } = engagementAnswerSchema.parse(JSON.parse(answered.stdout));
  expect(
    controls.map(({ control, days_with_evidence, state }) => [control, days_with_evidence, state]),
  ).toEqual([
    ['cc6.1', 1, 'days without evidence'],
    ['cc7.2', 0, 'no evidence'],
    ['cc9.9', 0, 'nothing is expected'],
  ]);
});

it('what Exhibit itself wrote is nobody else to register, and its late records stand in its own line', async () => {
  await lacking();
  const { report: model, stdout } = await report('completeness');
  const own = model.completeness.sources.filter((each: { own: boolean }) => each.own);
  expect(own.map(({ emitter }: { emitter: string }) => emitter)).toEqual([]);
  machine.at('2026-03-05T12:00:00Z');
  const whole = ['--framework', 'soc2', '--from', DAYS[0], '--to', '2026-03-04', '--evidence', lake.folder];
  const later = await machine.run('report', 'completeness', ...whole, '-o', 'csv');
  // The manifests of the three days were recorded on the fourth.
  expect(later.stdout).toMatch(/exhibit-lake,Exhibit itself,/);
  expect(later.stdout).not.toMatch(/exhibit-lake,not registered/);
  expect(stdout).toContain('gappy,not registered,');
});

it('says which file it wrote, apart from the warnings', async () => {
  await lacking();
  const { stderr, file } = await report('overrides');
  expect(stderr).toContain(`wrote ${file}, ${readFileSync(file).length} bytes`);
});
