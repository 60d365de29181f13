import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AiActIndex } from '../../audit/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { Machine } from '../testing/program.ts';

let lake: Fixture;
let machine: Machine;
const SYSTEM = { subject_type: 'ai_system' };

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  const map = await lake.announce('r1', [
    ['reviewed', 'eu-ai-act/9'],
    ['documented', 'eu-ai-act/11'],
    ['measured', 'eu-ai-act/annex-iv.4'],
    ['overseen', 'eu-ai-act/14'],
  ]);
  await lake.decide(
    map,
    ['documented', 'credit', 'pass', SYSTEM],
    ['documented', 'chat', 'fail', { ...SYSTEM, disposition: 'waived', override_id: 'OV-1' }],
    ['measured', 'credit', 'error', SYSTEM],
    ['documented', 'a document', 'pass'],
    // Of another article: its documentation is then missing as a whole.
    ['overseen', 'call-1', 'pass', { subject_type: 'action', details: { ai_system: 'agent' } }],
  );
  machine = new Machine('2026-03-02T10:00:00.000Z');
  const both = ['--ai-system', 'credit', '--ai-system', 'chat'];
  const credit = ['--ai-system', 'credit'];
  await give('annex-iv.1', '2026-12-31', 'pass', both);
  await give('annex-iv.1', '2026-12-31', 'pass', []);
  await give('annex-iv.2', '2026-12-31', 'fail', credit);
  // Over on the last day of the period, and the one that is valid until it is not.
  await give('annex-iv.3', '2026-03-02', 'pass', credit);
  await give('annex-iv.5', '2026-03-03', 'pass', credit);
  await give('annex-iv.8', '2026-12-31', undefined, credit);
  lake.at('2026-03-03T09:00:00.000Z');
  await lake.decide(map, ['overseen', 'nobody', 'pass']);
  // Runs that found nothing to judge name no system, and are no evidence of one.
  await lake.decide(map, ['reviewed', 'run', 'not_applicable'], ['documented', 'run', 'not_applicable']);
  await lake.decide(map, ['reviewed', 'run', 'not_applicable']);
  await write();
}, 120_000);
afterAll(() => lake.remove());

async function give(control: string, until: string, verdict: string | undefined, more: readonly string[]) {
  const { code, stderr } = await machine.run(
    ...['manual', 'add', '--attest', `About ${control}.`, '--title', `About ${control}`, '--as', 'adam'],
    ...['--control', `eu-ai-act/${control}`, '--valid-until', until, '--evidence', lake.folder, ...more],
    ...(verdict === undefined ? [] : ['--verdict', verdict, '--reviewer', 'grace']),
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

/** All formats at once: the questions are asked once. */
async function write(): Promise<void> {
  machine.at('2026-03-04T10:00:00.000Z');
  const days = ['--from', '2026-03-01', '--to', '2026-03-03'];
  const formats = ['json', 'html', 'csv'].flatMap((format) => ['-o', `${format}=report.${format}`]);
  const { code, stderr } = await machine.run(
    ...['report', 'eu-ai-act', '--evidence', lake.folder, ...days, ...formats],
  );
  expect(code, stderr).toBe(3);
}

const report = (format: string) => readFileSync(join(machine.folder, `report.${format}`), 'utf8');
const index = (): AiActIndex => JSON.parse(report('json')).ai_act;

it('lists each AI system by itself, with what there is of each point and what is missing', () => {
  const { systems, on } = index();
  expect(on).toBe('2026-03-03');
  expect(systems.map(({ id }) => id)).toEqual(['agent', 'chat', 'credit']);
  const told = (at: number) =>
    systems[at]?.points.map(({ id, documents, decisions, missing }) => [
      id,
      documents,
      decisions,
      missing.join('; '),
    ]);
  const none = 'no document names this system';
  // From the first of March to the third.
  const old = (policy: string) => `${policy}: newest evidence 2 days old, expected each P1D`;
  expect(told(0)).toEqual([
    ['11', 'missing', 'none', `${none}; no decision of documented names this system`],
    ['9', 'missing', 'none', `${none}; no decision of reviewed names this system`],
    ...['1', '2', '3'].map((point) => [`annex-iv.${point}`, 'missing', 'none', none]),
    ['annex-iv.4', 'missing', 'none', `${none}; no decision of measured names this system`],
    ...['5', '8'].map((point) => [`annex-iv.${point}`, 'missing', 'none', none]),
  ]);
  expect(told(1)).toEqual([
    // A waived fail is a fail.
    ['11', 'missing', 'failing', `${none}; documented fails for 1 of 1; ${old('documented')}`],
    ['9', 'missing', 'none', `${none}; no decision of reviewed names this system`],
    ['annex-iv.1', 'in_force', 'none', ''],
    ...['2', '3'].map((point) => [`annex-iv.${point}`, 'missing', 'none', none]),
    ['annex-iv.4', 'missing', 'none', `${none}; no decision of measured names this system`],
    ...['5', '8'].map((point) => [`annex-iv.${point}`, 'missing', 'none', none]),
  ]);
  expect(told(2)).toEqual([
    ['11', 'missing', 'passing', `${none}; ${old('documented')}`],
    ['9', 'missing', 'none', `${none}; no decision of reviewed names this system`],
    ['annex-iv.1', 'in_force', 'none', ''],
    ['annex-iv.2', 'failed', 'none', 'a document failed its review'],
    ['annex-iv.3', 'stale', 'none', 'the document is stale'],
    ['annex-iv.4', 'missing', 'open', `${none}; measured came to no verdict for 1 of 1; ${old('measured')}`],
    ['annex-iv.5', 'in_force', 'none', ''],
    ['annex-iv.8', 'not_reviewed', 'none', 'nobody reviewed the document'],
  ]);
  // Of the six points of Annex IV that this log names.
  expect(systems.map(({ annex_iv }) => annex_iv)).toEqual([
    { points: 6, in_force: 0, with_missing: 6 },
    { points: 6, in_force: 1, with_missing: 5 },
    { points: 6, in_force: 2, with_missing: 4 },
  ]);
});

it('links each point to records that are in the log, with reviewer, date and freshness', async () => {
  const { systems } = index();
  const credit = systems.find(({ id }) => id === 'credit');
  const items = credit?.points.flatMap(({ manual }) => manual) ?? [];
  expect(
    items.map(({ freshness, verdict, reviewer, ai_system }) => [freshness, verdict, reviewer, ai_system]),
  ).toEqual([
    ['fresh', 'pass', 'grace', 'credit'],
    ['fresh', 'fail', 'grace', 'credit'],
    ['stale', 'pass', 'grace', 'credit'],
    ['expiring', 'pass', 'grace', 'credit'],
    ['fresh', 'not_evaluated', null, 'credit'],
  ]);
  const said = credit?.points.flatMap(({ policies }) => policies.map(({ shown }) => shown)) ?? [];
  for (const { log_index, record_id } of [...items, ...said]) {
    const { bytes } = await lake.ledger.entry(log_index);
    expect(JSON.parse(new TextDecoder().decode(bytes)).record_id).toBe(record_id);
  }
  expect(said).toHaveLength(2);
});

it('takes what judged nothing for no evidence, and says so', () => {
  expect(index().judged_nothing).toEqual([
    { policy_id: 'documented', runs: 1 },
    { policy_id: 'reviewed', runs: 2 },
  ]);
  const page = readFileSync(join(machine.folder, 'report.csv'), 'utf8');
  expect(page).toContain('These policies ran and judged nothing');
  expect(page).toMatch(/Policies that judged nothing,reviewed,2/);
});

it('lists apart what names no system, and counts it for none', () => {
  const { without_system } = index();
  expect(without_system.map(({ id, manual, policies }) => [id, manual.length, policies])).toEqual([
    ['11', 0, [{ policy_id: 'documented', decisions: 1 }]],
    ['annex-iv.1', 1, []],
  ]);
});

it('says the same on the page and in CSV', () => {
  const [page, csv] = [report('html'), report('csv')];
  for (const text of [page, csv]) {
    expect(text).toContain('AI system credit');
    expect(text).toContain('measured came to no verdict for 1 of 1');
    expect(text).toContain('Evidence that names no AI system');
  }
});
