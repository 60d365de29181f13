import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDay, query, rebuildLake } from './index.ts';
import { CC61, FACT, type Fixture, makeFixture } from './testing/fixture.ts';

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
    expect(closed.files.map(({ key }) => key)).toEqual([CC61, FACT]);
    expect(closed.details.gaps).toEqual([expect.objectContaining({ kind: 'damaged_control_map', count: 1 })]);
  });
});
