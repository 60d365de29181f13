import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayStart, daysOf, formatPeriod, toPeriods } from './days.ts';
import { dailyCountsKey, evidenceKey, factKey, splitControl } from './keys.ts';

describe('days', () => {
  test('a leap day is a day, the day after it is in March', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2028-02-29', 1)).toBe('2028-03-01');
    expect(dayStart('2028-02-29')).toBe('2028-02-29T00:00:00.000Z');
  });

  test.each(['2026-02-29', '2026-13-01', '2026-1-1', '', '2026-01-01T00:00:00Z', '../..'])(
    '%j is not a day',
    (text) => {
      expect(() => dayStart(text)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    },
  );

  test('a year has its days', () => {
    expect(daysOf({ from: '2026-01-01', to: '2026-12-31' })).toHaveLength(365);
    expect(daysOf({ from: '2026-01-02', to: '2026-01-01' })).toEqual([]);
  });

  test('periods join neighbours and lose no day', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 })), (offsets) => {
        const days = offsets.sort((a, b) => a - b).map((offset) => addDays('2026-02-20', offset));
        expect(toPeriods(days).flatMap(daysOf)).toEqual(days);
      }),
    );
    expect(toPeriods(['2026-01-31', '2026-02-01', '2026-02-03']).map(formatPeriod)).toEqual([
      '2026-01-31 to 2026-02-01',
      '2026-02-03',
    ]);
  });
});

describe('keys', () => {
  test('are those of the design', () => {
    expect(factKey('2026-03-01')).toBe('fact/year=2026/month=03/day=01/fact.parquet');
    expect(dailyCountsKey('2026-03-01')).toBe('daily_counts/year=2026/month=03/day=01/daily_counts.parquet');
    expect(evidenceKey({ framework: 'soc2', control: 'cc6.1' }, '2026-03-01')).toBe(
      'evidence/soc2/cc6.1/year=2026/month=03/day=01/evidence.parquet',
    );
  });

  test.each([
    '../x',
    'soc2',
    'soc2/../x',
    'soc2/cc6.1/x',
    'SOC2/cc6.1',
    '/cc6.1',
    'soc2/',
    'soc2/..',
    "a/b'c",
  ])('%j is no control that can be a path', (name) => {
    expect(splitControl(name)).toBeUndefined();
  });
});
