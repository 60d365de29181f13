import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMATS } from '../cli/commands/export.ts';
import { closeDay } from '../lake/index.ts';
import { type Fixture, makeFixture } from '../lake/testing/fixture.ts';
import { openReader } from '../ledger/index.ts';
import type { RecordDraft } from '../record/index.ts';
import { EXPORT_FORMATS, type ExportRequest, exportEvidence } from './index.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

async function exported(request: Omit<ExportRequest, 'version'>) {
  let text = '';
  const reader = await openReader(lake.folder);
  const result = await exportEvidence(reader, { version: '0', ...request }, async (piece) => {
    text += piece;
  });
  return { ...result, text };
}

const LINKS = [
  ['encrypted', 'soc2/cc6.1'],
  ['encrypted', 'iso27001/a.8.24'],
  ['alerts', 'soc2/cc7.2'],
] as const;
const WAIVED: Partial<RecordDraft> = {
  disposition: 'waived',
  override_id: 'shop-1',
  override_digest: `sha256:${'0'.repeat(64)}`,
};

/** A run with its record, so that nothing of it is missing. */
async function run(
  inForce: Awaited<ReturnType<Fixture['announce']>>,
  ...decisions: Parameters<Fixture['decide']>[1][]
) {
  const ids = await lake.decide(inForce, ...decisions);
  const { bytes } = await lake.ledger.entry((await lake.ledger.find(ids[0] ?? '')) ?? 0);
  const { run_id } = JSON.parse(new TextDecoder().decode(bytes)) as { run_id: string };
  await lake.put('ci', { record_type: 'run', run_id, run_total: decisions.length });
}

async function closed(day: string, at: string) {
  lake.at(at);
  await closeDay(lake.ledger, day, { clock: lake.clock });
}

describe('ocsf', () => {
  it('is one event a decision; a waived fail is Fail, and what was not decided is Unknown', async () => {
    const map = await lake.announce('r1', LINKS);
    await run(
      map,
      ['encrypted', 'db1', 'pass'],
      ['encrypted', 'db2', 'fail'],
      ['encrypted', 'db3', 'fail', WAIVED],
      ['alerts', 'a', 'error', { disposition: 'enforced' }],
      ['alerts', 'b', 'not_evaluated'],
      ['alerts', 'c', 'not_applicable'],
    );
    const { text } = await exported({ format: 'ocsf' });
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ compliance }) => [compliance.status_code, compliance.status_id])).toEqual([
      ['pass', 1],
      ['fail', 3],
      ['fail', 3],
      ['error', 0],
      ['not_evaluated', 0],
      ['not_applicable', 99],
    ]);
    expect(events[2].unmapped).toMatchObject({ disposition: 'waived', override_id: 'shop-1' });
    expect(events[0].compliance).toMatchObject({
      requirements: ['iso27001/a.8.24', 'soc2/cc6.1'],
      standards: ['iso27001', 'soc2'],
    });
    const proof = await lake.ledger.find(events[0].finding_info.uid);
    expect(events[0].unmapped.ledger).toMatchObject({ index: proof, origin: 'test.example/lake' });
  });

  it('uses the map that the decision names, and the day of the link', async () => {
    const first = await lake.announce('r1', [['encrypted', 'soc2/cc6.1', { until: '2026-03-01' }]]);
    await lake.decide(first, ['encrypted', 'db1', 'pass']);
    const second = await lake.announce('r2', [['encrypted', 'soc2/cc7.2']]);
    await lake.decide(second, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-02T10:00:00.000Z');
    await lake.decide(first, ['encrypted', 'db1', 'pass']);
    const { text } = await exported({ format: 'ocsf' });
    const found = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).compliance.requirements);
    expect(found).toEqual([['soc2/cc6.1'], ['soc2/cc7.2'], []]);
  });

  it('is a JSON array when asked for one, also an empty one', async () => {
    await lake.announce('r1', LINKS);
    expect((await exported({ format: 'ocsf', array: true })).text).toBe('[]\n');
    const map = await lake.announce('r2', LINKS);
    await lake.decide(map, ['encrypted', 'a', 'pass'], ['encrypted', 'b', 'pass']);
    expect(JSON.parse((await exported({ format: 'ocsf', array: true })).text)).toHaveLength(2);
  });
});

describe('csv', () => {
  it('has one row a decision, quotes as RFC 4180 does, and makes formulas inert unless told not to', async () => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(
      map,
      ['encrypted', '=cmd|"/c calc"!A1', 'fail', { message: 'a, "b"\r\nc' }],
      ['encrypted', '\t@sum(1)', 'pass'],
      ['encrypted', '-5', 'pass'],
      ['encrypted', 'x; =1+1;"@y', 'pass'],
    );
    const { text } = await exported({ format: 'csv' });
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(7);
    expect(text).toContain(`,"'=cmd|""/c calc""!A1",`);
    expect(text).toContain('"a, ""b""\r\nc"');
    expect(text).toContain(",'\t@sum(1),");
    expect(text).toContain(',-5,');
    // Where `;` ends a field, as it does for a spreadsheet in half of Europe.
    expect(text).toContain(`,"x;' =1+1;'""@y",`);
    expect(text).toContain('iso27001; soc2,a.8.24; cc6.1,full; full');
    expect((await exported({ format: 'csv', raw: true })).text).toContain(',"=cmd|""/c calc""!A1",');
  });

  it('takes a control, a framework or a policy', async () => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(map, ['encrypted', 'a', 'pass'], ['alerts', 'b', 'pass']);
    const count = async (request: Partial<ExportRequest>) =>
      (await exported({ format: 'csv', ...request })).decisions;
    expect(await count({ framework: 'iso27001' })).toBe(1);
    expect(await count({ framework: 'soc2' })).toBe(2);
    expect(await count({ framework: 'soc2', control: 'cc7.2' })).toBe(1);
    expect(await count({ policy: 'alerts' })).toBe(1);
    await expect(count({ framework: 'nosuch' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(count({ control: 'cc6.1' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

interface Finding {
  title: string;
  description: string;
  target: { status: { state: string; reason: string } };
}

async function findings(request: Partial<ExportRequest> = {}) {
  const { text } = await exported({ format: 'oscal', framework: 'soc2', ...request });
  const { results } = JSON.parse(text)['assessment-results'] as { results: { findings: Finding[] }[] };
  return Object.fromEntries(
    (results[0]?.findings ?? []).map(({ title, target }) => [
      title.split(':')[0],
      `${target.status.state} ${target.status.reason}`,
    ]),
  );
}

describe('oscal and gemara', () => {
  const period = { from: '2026-03-01', to: '2026-03-01' };

  it('satisfied needs a pass of every policy of a complete period', async () => {
    const map = await lake.announce('r1', LINKS);
    await run(map, ['encrypted', 'db1', 'pass'], ['alerts', 'a', 'pass']);
    expect(await findings(period)).toEqual({
      'soc2/cc6.1': 'not-satisfied other',
      'soc2/cc7.2': 'not-satisfied other',
      'soc2/cc9.9': 'not-satisfied other',
    });
    await closed('2026-03-01', '2026-03-02T02:00:00.000Z');
    expect(await findings(period)).toEqual({
      'soc2/cc6.1': 'satisfied pass',
      'soc2/cc7.2': 'satisfied pass',
      'soc2/cc9.9': 'not-satisfied other',
    });
  });

  it('a waived fail, an error, a silent policy and a supporting one do not satisfy', async () => {
    const map = await lake.announce('r1', [
      ['encrypted', 'soc2/cc6.1'],
      ['alerts', 'soc2/cc7.2'],
      ['silent', 'soc2/cc7.2'],
      ['helps', 'soc2/cc9.9', { strength: 'supporting' }],
    ]);
    await run(map, ['encrypted', 'db1', 'fail', WAIVED], ['alerts', 'a', 'pass'], ['helps', 'h', 'pass']);
    await closed('2026-03-01', '2026-03-02T02:00:00.000Z');
    expect(await findings(period)).toEqual({
      'soc2/cc6.1': 'not-satisfied fail',
      'soc2/cc7.2': 'not-satisfied other',
      'soc2/cc9.9': 'not-satisfied other',
    });
    const { text } = await exported({ format: 'gemara', framework: 'soc2', ...period });
    const log = JSON.parse(text) as { result: string; evaluations: { result: string }[] };
    expect([log.result, ...log.evaluations.map(({ result }) => result)]).toEqual([
      'Failed',
      'Failed',
      'Needs Review',
      'Needs Review',
    ]);
  });

  it('a gap that was recorded, a lost decision and a lost number keep every control from being satisfied', async () => {
    const map = await lake.announce('r1', LINKS);
    await run(map, ['encrypted', 'db1', 'pass'], ['alerts', 'a', 'pass']);
    await lake.put('ci', { record_type: 'gap', message: 'no run since Monday', policy_id: 'alerts' });
    await closed('2026-03-01', '2026-03-02T02:00:00.000Z');
    // The gap is of one policy: only its controls are touched.
    expect(await findings(period)).toMatchObject({
      'soc2/cc6.1': 'satisfied pass',
      'soc2/cc7.2': 'not-satisfied other',
    });
    await lake.put('ci', {
      record_type: 'run',
      run_id: '0192f0c1-0000-7000-8000-000000000001',
      run_total: 3,
    });
    await closed('2026-03-02', '2026-03-03T02:00:00.000Z');
    const both = { from: '2026-03-01', to: '2026-03-02' };
    expect((await findings(both))['soc2/cc6.1']).toBe('not-satisfied other');
    const { coverage } = await exported({ format: 'csv', ...both });
    expect(coverage.gaps.map(({ kind }) => kind)).toEqual(['gap_records', 'incomplete_run']);
  });

  it('does not take a policy, which is a part of a control only', async () => {
    await lake.announce('r1', LINKS);
    await expect(exported({ format: 'oscal', policy: 'encrypted' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('every format', () => {
  it.each(EXPORT_FORMATS)(
    '%s: the same bytes each time, also when the log has grown since',
    async (format) => {
      const map = await lake.announce('r1', LINKS);
      await run(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'fail'], ['alerts', 'a', 'pass']);
      await closed('2026-03-01', '2026-03-02T02:00:00.000Z');
      const request = { format, from: '2026-03-01', to: '2026-03-01' };
      const before = await exported(request);
      expect(before.coverage.complete).toBe(true);
      lake.at('2026-03-02T09:00:00.000Z');
      await lake.decide(map, ['encrypted', 'db3', 'fail']);
      expect((await exported(request)).text).toBe(before.text);
    },
  );

  it.each(EXPORT_FORMATS)('%s: says days that the log does not have', async (format) => {
    const map = await lake.announce('r1', LINKS);
    await lake.decide(map, ['encrypted', 'db1', 'pass']);
    const { coverage } = await exported({ format, from: '2026-02-27', to: '2026-03-03' });
    expect(coverage.complete).toBe(false);
    expect(coverage.gaps.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        '2026-02-27 to 2026-02-28: the log did not exist',
        '2026-03-02 to 2026-03-03: the log has no record of this day or later',
      ]),
    );
  });

  it('is one that the command names', () => {
    expect(FORMATS).toEqual(EXPORT_FORMATS);
  });
});
