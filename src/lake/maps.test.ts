import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDay, query, rebuildLake } from './index.ts';
import { CC61, DAILY, FACT, type Fixture, makeFixture } from './testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

const close = (day: string) => closeDay(lake.ledger, day, { clock: lake.clock });

describe('maps in force', () => {
  test('a later map does not change earlier days, and both maps of a day of change count', async () => {
    const first = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
    await lake.decide(first, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-02T10:00:00.000Z');
    await lake.decide(first, ['encrypted', 'db1', 'pass']);
    const second = await lake.announce('r2', [['encrypted', 'soc2/cc7.2']]);
    await lake.decide(second, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'pass']);
    lake.at('2026-03-03T10:00:00.000Z');
    await lake.decide(second, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-04T10:00:00.000Z');
    const rows: Record<string, Record<string, number>> = {};
    for (const day of ['2026-03-01', '2026-03-02', '2026-03-03']) {
      const { files } = await close(day);
      const evidence = files.filter(({ control }) => control !== undefined);
      rows[day] = Object.fromEntries(evidence.map((file) => [file.control ?? '', file.rows]));
    }
    expect(rows).toEqual({
      '2026-03-01': { 'cc6.1': 1 },
      '2026-03-02': { 'cc6.1': 1, 'cc7.2': 2 },
      '2026-03-03': { 'cc7.2': 1 },
    });
    const rebuilt = await rebuildLake(lake.ledger);
    expect(rebuilt.days.map(({ outcome }) => outcome)).toEqual(['same', 'same', 'same']);
  });

  test('a link counts for what was recorded on its days, in files, in answers and among what is expected', async () => {
    const map = await lake.announce('r1', [
      ['encrypted', 'soc2/cc6.1', { until: '2026-03-01' }],
      ['encrypted', 'soc2/cc6.1', { from: '2026-03-03', strength: 'supporting' }],
      ['encrypted', 'soc2/cc7.2', { from: '2026-03-02', until: '2026-03-02' }],
    ]);
    for (const day of ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']) {
      lake.at(`${day}T23:59:59.000Z`);
      await lake.decide(map, ['encrypted', 'db1', 'pass']);
    }
    lake.at('2026-03-04T23:59:59.500Z');
    const controls: Record<string, Record<string, number>> = {};
    for (const day of ['2026-03-01', '2026-03-02', '2026-03-03']) {
      const evidence = (await close(day)).files.filter(({ control }) => control !== undefined);
      controls[day] = Object.fromEntries(evidence.map((file) => [file.control ?? '', file.rows]));
    }
    expect(controls).toEqual({
      '2026-03-01': { 'cc6.1': 1 },
      '2026-03-02': { 'cc7.2': 1 },
      '2026-03-03': { 'cc6.1': 1 },
    });
    const period = { from: '2026-03-01', to: '2026-03-04' };
    const bySubject = await query(lake.ledger, {
      ...{ sql: 'SELECT recorded_at, strength FROM evidence ORDER BY recorded_at' },
      ...{ framework: 'soc2', control: 'cc6.1', ...period },
    });
    // The last day is open and read from the log.
    expect(bySubject.rows.map(([, strength]) => strength)).toEqual(['full', 'supporting', 'supporting']);
    expect(bySubject.coverage.gaps.filter(({ kind }) => kind === 'not_in_manifest')).toEqual([]);
    const verdicts = await query(lake.ledger, { name: 'framework-verdicts', framework: 'soc2', ...period });
    const counts = verdicts.rows.map((row) => [row[1], row[2], Number(row.at(-1))]);
    expect(counts).toEqual(
      expect.arrayContaining([
        ['cc6.1', 'pass', 3],
        ['cc7.2', 'pass', 1],
      ]),
    );
    const unmapped = await query(lake.ledger, { name: 'unmapped-decisions', ...period });
    expect(unmapped.rows).toEqual([]);
  });

  test('a group of checks supports each of its controls, and lines that overlap count once', async () => {
    const map = await lake.announce(
      'r1',
      [
        ['encrypted', 'soc2/cc6.1', { until: '2026-03-31' }],
        ['encrypted', 'soc2/cc6.1', { from: '2026-02-01' }],
      ],
      'first',
      [{ policy_ids: ['checkov/A', 'trivy/B'], rationale: 'why', controls: ['soc2/cc6.1', 'soc2/cc7.2'] }],
    );
    await lake.decide(
      map,
      ['encrypted', 'db1', 'pass'],
      ['checkov/A', 'db1', 'pass'],
      ['trivy/B', 'db1', 'fail'],
      ['trivy/C', 'db1', 'fail'],
    );
    lake.at('2026-03-02T10:00:00.000Z');
    const evidence = (await close('2026-03-01')).files.filter(({ control }) => control !== undefined);
    expect(evidence.map(({ control, rows }) => [control, rows])).toEqual([
      ['cc6.1', 3],
      ['cc7.2', 2],
    ]);
  });

  test('a map that no policy record announced places no decision, and the day says so', async () => {
    const bogus = `sha256:${'0'.repeat(64)}` as const;
    const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
    await lake.decide({ ...map, control_map_digest: bogus }, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-02T10:00:00.000Z');
    const closed = await close('2026-03-01');
    expect(closed.details.gaps).toEqual([
      expect.objectContaining({ kind: 'unknown_control_map', count: 1, control_map_digest: bogus }),
    ]);
    const answer = await query(lake.ledger, {
      ...{
        name: 'verdicts-by-day',
        framework: 'soc2',
        control: 'cc6.1',
        from: '2026-03-01',
        to: '2026-03-01',
      },
    });
    expect(answer.rows).toEqual([]);
    expect(answer.coverage.complete).toBe(false);
  });

  test('a control that is no path part is left out and reported', async () => {
    const map = await lake.announce('r1', [
      ['encrypted', 'soc2/../../../etc'],
      ['encrypted', 'soc2/cc6.1'],
    ]);
    await lake.decide(map, ['encrypted', 'db1', 'pass']);
    lake.at('2026-03-02T10:00:00.000Z');
    const closed = await close('2026-03-01');
    expect(closed.files.map(({ key }) => key)).toEqual([DAILY, CC61, FACT]);
    expect(closed.details.gaps).toEqual([expect.objectContaining({ kind: 'damaged_control_map', count: 1 })]);
  });
});
