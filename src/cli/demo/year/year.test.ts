import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../../record/index.ts';
import { processContext } from '../../context.ts';
import { main } from '../../main.ts';
import { Chance } from './chance.ts';
import { runsOf } from './day.ts';
import { makeYear, readMade } from './index.ts';
import { isRelease, isWeekend, OUTAGES, plotOf } from './plot.ts';

const NOW = Date.parse('2026-03-20T10:00:00.000Z');
const DAYS = 24;

let folder: string;
let records: EvidenceRecord[];

async function exhibit(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written: string[] = [];
  const said: string[] = [];
  const sink = { write: (text: string) => void written.push(text), isTTY: false, columns: 80 };
  const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state') };
  const context = {
    ...processContext(),
    env,
    clock: () => NOW,
    stdout: sink,
    stderr: { ...sink, write: (text: string) => void said.push(text) },
  };
  return { code: await main(argv, context), stdout: written.join(''), stderr: said.join('') };
}

async function make(name: string, seed: string, days: number): Promise<EvidenceRecord[]> {
  const place = join(folder, name);
  const sink = { write: () => {}, isTTY: false, columns: 80 };
  await makeYear({ folder: place, seed, now: NOW, days }, main, {
    ...processContext(),
    stdout: sink,
    stderr: sink,
  });
  const reader = await openReader(join(place, 'evidence'));
  const { size } = await reader.checkpoint();
  const found: EvidenceRecord[] = [];
  for await (const { bytes } of reader.entries(0, size)) found.push(parseRecord(bytes));
  await reader.close();
  return found;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-year-'));
  records = await make('year', 'one', DAYS);
}, 480_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Made by the log and the lake about themselves. */
const OWN = new Set(['exhibit.ledger', 'exhibit-lake']);

describe('a generated year', { timeout: 120_000 }, () => {
  it('says in each record that it was made up, and in the name of the log', () => {
    const silent = records.filter(({ emitter, details }) => !OWN.has(emitter) && details?.demo !== true);
    expect(silent).toEqual([]);
    expect(readMade(join(folder, 'year'))?.origin).toMatch(/^demo\.example\/year-/);
  });

  it('has each of the five layers, and ends with the last day that can be closed', () => {
    expect(new Set(records.map(({ layer }) => layer))).toEqual(
      new Set(['pre-commit', 'ci', 'admission', 'runtime', 'evidence']),
    );
    expect(readMade(join(folder, 'year'))).toMatchObject({ first: '2026-02-24', last: '2026-03-19' });
    const closed = records.filter(({ record_type }) => record_type === 'manifest');
    expect(closed).toHaveLength(DAYS);
  });

  it('waives only what an override of the bundle covers, and never a pass', () => {
    const waived = records.filter(({ disposition }) => disposition === 'waived');
    expect(waived.length).toBeGreaterThan(0);
    for (const { verdict, override_id, observed_at } of waived) {
      const ticket = records.find((one) => one.record_type === 'override' && one.override_id === override_id);
      expect(verdict).toBe('fail');
      expect(ticket?.details?.created).toSatisfy((created: string) => created <= observed_at);
      expect(ticket?.details?.sunset).toSatisfy((sunset: string) => observed_at <= sunset);
    }
  });

  it('counts for nothing in the honest test, and its reports say first what it is', async () => {
    const evidence = join(folder, 'year', 'evidence');
    const honest = await exhibit('honest-test', '--evidence', evidence, '-o', 'json');
    expect(honest.code).toBe(1);
    const { yes, answers } = JSON.parse(honest.stdout);
    expect(yes).toBe(0);
    for (const { counts } of answers) expect(new Set(Object.values(counts))).toEqual(new Set([0]));
    // They are there, and that is said: not that there are none.
    const of = (which: (one: EvidenceRecord) => boolean) => records.filter(which).length;
    const runs = of(({ record_type, layer }) => record_type === 'run' && layer === 'ci');
    const denials = of(
      ({ record_type, layer, verdict, disposition }) =>
        record_type === 'decision' && [layer, verdict, disposition].join(' ') === 'admission fail enforced',
    );
    const overrides = of(({ record_type }) => record_type === 'override');
    expect(runs).toBeGreaterThan(10);
    const words = (found: number, thing: string, none: string) =>
      found === 0
        ? none
        : `no ${thing} counts: ${found === 1 ? '1 was' : `${found} were`} found, made up for a demonstration`;
    const [ci, admission, auditor, tickets] = answers;
    expect([ci.why, admission.why, tickets.why]).toEqual([
      words(runs, 'run of a gate', ''),
      words(denials, 'denied request', 'nothing was denied at admission in the period'),
      words(overrides, 'override', 'no override was recorded in the period'),
    ]);
    expect([ci.made_up, admission.made_up, tickets.made_up]).toEqual([runs, denials, overrides]);
    expect(auditor.why).toBe('no read within an engagement was found');
    const scope = ['--framework', 'soc2', '--from', '2026-02-24', '--to', '2026-03-19'];
    const report = await exhibit('report', 'framework', '--evidence', evidence, ...scope, '-o', 'csv');
    expect(report.stdout).toMatch(/^report,.*\r\nwarning,,"?GENERATED DATA/);
    expect(report.code).toBe(0);
  });

  it('is said to be generated by each answer: first to a person, beside it to a program, and in JSON', async () => {
    const { engagement = '' } = readMade(join(folder, 'year')) ?? {};
    const evidence = ['--evidence', join(folder, 'year', 'evidence')];
    const days = ['--from', '2026-02-24', '--to', '2026-03-19'];
    const control = ['--control', 'soc2/cc6.1', ...days];
    const nothing = join(folder, 'no-changes.json');
    writeFileSync(nothing, '[]');
    const asked: [string[], ...string[]][] = [
      [['query', 'verdicts-by-day', ...control], 'json', 'csv'],
      [['population', ...control, '--no-record'], 'json', 'ids'],
      [['sample', 'list', '--framework', 'soc2', ...days], 'json'],
      [['gaps', ...days], 'json'],
      [['engagement', 'list'], 'json'],
      [['engagement', 'show', engagement], 'json'],
      [['engagement', 'answer', engagement]],
      [['honest-test'], 'json'],
      [['manual', 'list']],
      [['replay', '--framework', 'soc2', ...days, '--limit', '1']],
      [['override', 'report', 'policies'], 'json'],
      [['merges', 'import', 'github', '--repository', 'github.com/example/none', '--file', nothing], 'json'],
    ];
    const words = /^GENERATED DATA: exhibit demo made this log up/;
    const beside = [
      ['findings', 'list'],
      ['manual', 'list', '-o', 'json'],
    ];
    for (const argv of beside) expect((await exhibit(...argv, ...evidence)).stderr).toMatch(words);
    for (const [argv, ...formats] of asked) {
      const table = await exhibit(...argv, ...evidence);
      expect([argv, table.stdout]).toEqual([argv, expect.stringMatching(words)]);
      expect([argv, table.stdout.match(/GENERATED DATA/g)?.length]).toEqual([argv, 1]);
      for (const format of formats) {
        const { stdout, stderr } = await exhibit(...argv, ...evidence, '-o', format);
        expect([argv, format, stderr]).toEqual([argv, format, expect.stringMatching(words)]);
        if (format === 'json') expect(JSON.parse(stdout).generated).toMatch(words);
        else expect(stdout).not.toContain('GENERATED');
      }
    }
  });

  it('has one AI system: which points of Annex IV have a document in force, and which have none', async () => {
    const place = [
      '--evidence',
      join(folder, 'year', 'evidence'),
      '--from',
      '2026-02-24',
      '--to',
      '2026-03-19',
    ];
    const report = await exhibit('report', 'eu-ai-act', ...place, '-o', 'json');
    const { systems } = JSON.parse(report.stdout).ai_act;
    expect(systems.map(({ id }: { id: string }) => id)).toEqual(['applicant-ranking']);
    const points = (systems[0]?.points as { id: string; documents: string; decisions: string }[]) ?? [];
    expect(
      points
        .filter(({ id }) => id.startsWith('annex-iv.'))
        .map(({ id, documents }) => `${id.slice(9)} ${documents}`),
    ).toEqual([
      ...['1 in_force', '2 in_force', '3 in_force', '4 failed', '5 missing', '6 missing', '7 in_force'],
      ...['8 not_reviewed', '9 in_force'],
    ]);
    expect(points.find(({ id }) => id === '9')?.decisions).toBe('passing');
  });

  it('holds, and its engagement can be answered', async () => {
    const evidence = join(folder, 'year', 'evidence');
    const key = join(folder, 'year', 'log.vkey');
    expect((await exhibit('verify', 'ledger', evidence, '--vkey', key)).code).toBe(0);
    expect((await exhibit('lake', 'verify', evidence)).code).toBe(0);
    const { engagement = '' } = readMade(join(folder, 'year')) ?? {};
    const answered = await exhibit('engagement', 'answer', engagement, '--evidence', evidence, '-o', 'json');
    const { caveats } = JSON.parse(answered.stdout);
    expect(caveats[0]).toMatch(/^GENERATED DATA/);
  });
});

describe('the story', { timeout: 120_000 }, () => {
  const plot = plotOf(new Chance('one'), '2025-03-20', 365);
  const year = (seed: string) =>
    plotOf(new Chance(seed), '2025-03-20', 365).days.flatMap((day, at) =>
      runsOf(plotOf(new Chance(seed), '2025-03-20', 365), at, new Chance(`${seed}/records`).of(day)),
    );

  it('is the same for a seed, and another for another', () => {
    const days = (seed: string) => {
      const of = plotOf(new Chance(seed), '2025-03-20', 365);
      return [3, 99, 200].map((at) => runsOf(of, at, new Chance(seed).of(`${at}`)));
    };
    expect(days('one')).toEqual(days('one'));
    expect(days('one')).not.toEqual(days('two'));
  });

  it('is a working company: nobody commits on a weekend, and a source is silent twice', () => {
    const runs = plot.days.map((day, at) => ({ day, at, runs: runsOf(plot, at, new Chance('one').of(day)) }));
    for (const { day, runs: some } of runs.filter((one) => isWeekend(one.day)))
      expect([day, some.filter(({ layer }) => layer === 'ci')]).toEqual([day, []]);
    for (const { emitter, from, to } of OUTAGES) {
      const silent = runs.filter(({ runs: some }) => some.every((one) => one.emitter !== emitter));
      expect(silent.map(({ at }) => at)).toEqual(Array.from({ length: to - from + 1 }, (_, at) => from + at));
    }
    expect(plot.days.filter(isRelease)).toHaveLength(12);
  });

  it('has fewer faults at its end, and drifts of hours and of weeks, of which some are open', () => {
    const faults = (from: number, to: number) =>
      plot.days
        .slice(from, to)
        .flatMap((day, at) => runsOf(plot, from + at, new Chance('one').of(day)))
        .filter(({ emitter }) => emitter === 'pre-commit/laptops')
        .filter(({ told }) => told.some(({ verdict }) => verdict === 'fail')).length;
    expect(faults(245, 365)).toBeLessThan(faults(0, 120));
    const lengths = plot.conditions.map(({ from, to }) =>
      to === undefined ? undefined : (to - from) / 3_600_000,
    );
    expect(lengths).toContain(undefined);
    expect(lengths.some((hours) => hours !== undefined && hours < 60)).toBe(true);
    expect(lengths.some((hours) => hours !== undefined && hours > 20 * 24)).toBe(true);
  });

  it('has the size that was asked for', () => {
    const count = year('one').reduce((sum, { told }) => sum + told.length + 1, 0);
    expect(count).toBeGreaterThan(60_000);
    expect(count).toBeLessThan(150_000);
  });
});
