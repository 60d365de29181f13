import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, makeFixture } from '../../src/lake/testing/fixture.ts';
import { exhibit, temporary } from './workshop.ts';

/**
 * On 25 October 2026 clocks go back in Europe: the day has 25 hours in Berlin and 24 in UTC. Kiritimati is 14 hours ahead of UTC, Pago Pago 11 behind:
 * between them each instant of the day is another date somewhere.
 */
const ZONES = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'] as const;
const DAY = ['--from', '2026-10-25', '--to', '2026-10-25'];

let lake: Fixture;
let work: string;

beforeAll(async () => {
  work = temporary('zones');
  lake = await makeFixture('2026-10-24T23:00:00.000Z', 'test.example/zones');
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  for (const [instant, subject, verdict] of [
    ['2026-10-24T23:59:59.999Z', 'before', 'fail'],
    ['2026-10-25T00:00:00.000Z', 'first', 'pass'],
    // Half past two for the second time in Berlin.
    ['2026-10-25T01:30:00.000Z', 'twice', 'fail'],
    ['2026-10-25T23:59:59.999Z', 'last', 'pass'],
    ['2026-10-26T00:00:00.000Z', 'after', 'fail'],
  ] as const) {
    lake.at(instant);
    await lake.decide(map, ['encrypted', subject, verdict]);
  }
  await lake.ledger.close();
});
afterAll(() => lake.remove());

/** All that a machine in a zone says, which closed the days itself. */
function saidIn(zone: string) {
  const cwd = join(work, zone.replace('/', '-'));
  mkdirSync(cwd);
  cpSync(lake.folder, join(cwd, 'evidence'), { recursive: true });
  const env = { TZ: zone, EXHIBIT_STATE: join(cwd, 'state') };
  for (const day of ['2026-10-24', '2026-10-25', '2026-10-26'])
    expect(exhibit(['lake', 'close', 'evidence', day], { cwd, env }).code).toBe(0);
  const run = (...args: string[]) => {
    const ended = exhibit([...args, '-o', 'json'], { cwd, env });
    if (ended.stdout === '') throw new Error(`${zone}: ${args.join(' ')}: ${ended.stderr}`);
    return JSON.parse(ended.stdout);
  };
  const evidence = ['--evidence', 'evidence'];
  const control = ['--control', 'soc2/cc6.1', ...DAY, ...evidence];
  const verdicts = run('query', 'verdicts-by-day', ...control);
  const decisions = run('query', 'decisions', ...control);
  const subjects = decisions.columns.findIndex(({ name }: { name: string }) => name === 'subject_id');
  const population = run('population', ...control);
  const scope = ['--framework', 'soc2', ...DAY, '--auditor', 'Ada', '--expires', '2027-03-31'];
  const [opened] = run('engagement', 'open', ...scope, ...evidence).engagements;
  const answered = run('engagement', 'answer', opened.engagement, ...evidence);
  const [answer] = answered.controls;
  return {
    verdicts: verdicts.rows,
    subjects: decisions.rows.map((row: unknown[]) => row[subjects]),
    population: population.population.decisions,
    period_end: opened.period_end.size,
    expires: opened.expires,
    answer: { state: answer.state, fail: answer.verdicts.fail, pass: answer.verdicts.pass },
    missing: answered.missing,
  };
}

describe('a day is a UTC day, wherever the machine stands', { timeout: 240_000 }, () => {
  it.each(ZONES)('%s: the same records, to the millisecond, also where clocks go back', (zone) => {
    const said = saidIn(zone);
    expect(said.verdicts).toEqual([
      ['2026-10-25', 'fail', 'enforced', 1],
      ['2026-10-25', 'pass', 'none', 2],
    ]);
    expect(said.subjects).toEqual(['first', 'twice', 'last']);
    expect(said.population).toBe(3);
    // The policy, the record before the day, and the three of it.
    expect(said.period_end).toBe(5);
    expect(said.expires).toBe('2027-03-31T23:59:59.999Z');
    expect(said.answer).toEqual({ state: 'evidence on each day expected', fail: 1, pass: 2 });
    expect(said.missing).toEqual([]);
  });
});
