import { describe, expect, it } from 'vitest';
import type { QueryAnswer } from '../../lake/index.ts';
import type { ExpectedEmitter } from '../../policy/index.ts';
import { hoursOf, runsMissedOf } from './hours.ts';
import { rowsOf } from './rows.ts';

const COLUMNS = ['first_run_at', 'last_run_at', 'longest_between'];
const emitter = (over: Partial<ExpectedEmitter> = {}): ExpectedEmitter => ({
  name: 'scan',
  owner: 'ops',
  cadence: 'PT4H',
  since: '2026-01-01',
  ...over,
});
const KNOWN = { from: '2026-03-01', until: '2026-03-02', known_until: Date.parse('2026-03-03T00:00:00Z') };

/** Each is the first and the last run of an hour, and the most minutes between two runs in it. */
function rows(...hours: [first: string, last?: string, minutes?: number][]) {
  const answer = {
    columns: COLUMNS.map((name) => ({ name, type: 'text' })),
    rows: hours.map(([first, last = first, minutes = 0]) => [at(first), at(last), minutes * 60_000]),
  };
  return rowsOf(answer as unknown as QueryAnswer);
}
const at = (text: string) => `2026-03-${text}:00.000Z`;

const told = (result: ReturnType<typeof hoursOf>) =>
  result?.silences.map(({ last_run, due, ended, minutes, runs_missed }) =>
    [last_run, due, ended].map((time) => time?.slice(8, 16) ?? '-').concat(`${minutes} ${runs_missed}`),
  );

describe('hours of a source', () => {
  it('of four hours: two hours late within a day is seen, with the hours in which a run was overdue', () => {
    // Grace is a tenth: 24 minutes. After 08:30 a run is due until 12:54; it comes at 14:10.
    const found = hoursOf(
      emitter(),
      rows(
        ['01T00:30'],
        ['01T04:30'],
        ['01T08:30'],
        ['01T14:10'],
        ['01T18:10'],
        ['01T22:10'],
        ['02T02:10'],
        ['02T06:10'],
        ['02T10:10'],
        ['02T14:10'],
        ['02T18:10'],
        ['02T22:10'],
      ),
      KNOWN,
    );
    // From 08:30 to 14:10 are 340 minutes; without grace and the last moment one run fits into them.
    expect(told(found)).toEqual([['01T08:30', '01T12:54', '01T14:10', '340 1']]);
    expect(found?.days).toEqual([
      { day: '2026-03-01', cells: 'rqqqrqqqrqqqmmmqqqrqqqrq' },
      { day: '2026-03-02', cells: 'qqrqqqrqqqrqqqrqqqrqqqrq' },
    ]);
  });

  it('from the begin of the period until the end of what is known, and not beyond', () => {
    const none = hoursOf(emitter(), rows(), KNOWN);
    // 48 hours: due at 04:24, and eleven runs of four hours with the grace before the end.
    expect(told(none)).toEqual([['-', '01T04:24', '-', '2880 11']]);
    expect(none?.days.map(({ cells }) => cells)).toEqual([`qqqq${'m'.repeat(20)}`, 'm'.repeat(24)]);
    const short = hoursOf(emitter(), rows(), { ...KNOWN, known_until: Date.parse('2026-03-01T04:24:00Z') });
    expect(short?.silences).toEqual([]);
    const later = hoursOf(emitter({ since: '2026-03-02', until: '2026-03-02' }), rows(), KNOWN);
    expect(told(later)).toEqual([['-', '02T04:24', '-', '1440 5']]);
    expect(later?.days[0]?.cells).toBe('q'.repeat(24));
  });

  it('of a quarter of an hour: what is silent within an hour is seen, and how long at most', () => {
    const quarter = emitter({ cadence: 'PT15M', grace: 'PT5M', since: '2026-03-02' });
    const known = { ...KNOWN, known_until: Date.parse('2026-03-02T02:00:00Z') };
    // 45 minutes without a run somewhere from 01:00 to 01:59: with 5 of grace two runs did not come.
    const found = hoursOf(quarter, rows(['02T00:10', '02T00:55', 15], ['02T01:00', '02T01:59', 45]), known);
    expect(found?.silences).toMatchObject([
      { last_run: '2026-03-02T01:00:00.000Z', minutes: 45, runs_missed: 2, within_hour: true },
    ]);
    expect(found?.days[1]?.cells).toBe(`rm${'q'.repeat(22)}`);
  });

  it('of a name that several emitters have: what one lacks another may have sent', () => {
    const hourly = emitter({ cadence: 'PT30M', grace: 'PT0S', since: '2026-03-02' });
    const known = { ...KNOWN, known_until: Date.parse('2026-03-02T01:00:00Z') };
    const one: [string, string, number] = ['02T00:05', '02T00:58', 50];
    expect(hoursOf(hourly, rows(one), known)?.silences).toHaveLength(1);
    expect(hoursOf(hourly, rows(one, ['02T00:10', '02T00:55', 20]), known)?.silences).toEqual([]);
  });

  it.each(['P1D', 'P7D', 'change'])('is none for a cadence of %s', (cadence) => {
    expect(hoursOf(emitter({ cadence }), rows(['01T00:30']), KNOWN)).toBeNull();
  });
});

describe('runs that a source missed that is to run less than once a day', () => {
  const month = { from: '2026-03-01', until: '2026-03-26', known_until: Date.parse('2026-03-27T00:00:00Z') };

  it('are those that fit between two runs, grace left out', () => {
    // Nineteen days without a run; less seven tenths of a day of grace, two weeks fit into them. The last week is not over.
    const weekly = emitter({ cadence: 'P7D' });
    expect(runsMissedOf(weekly, rows(['01T00:30'], ['20T00:30']), month)).toBe(2);
    expect(runsMissedOf(weekly, rows(['01T00:30'], ['08T00:30'], ['15T12:00'], ['22T00:30']), month)).toBe(0);
    // None at all: 26 days less the grace have three weeks.
    expect(runsMissedOf(weekly, rows(), month)).toBe(3);
  });

  it.each(['P1D', 'PT4H', 'change'])('are not counted for a cadence of %s', (cadence) => {
    expect(runsMissedOf(emitter({ cadence }), rows(['01T00:30']), month)).toBeNull();
  });
});
