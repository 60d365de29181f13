import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silences } from './silence.ts';

const HOUR = 3_600_000;
const at = (...hours: number[]) => hours.map((hour) => hour * HOUR);
const daily = { since: 0, to: 100 * HOUR, every: 24 * HOUR, grace: 2 * HOUR };

describe('silences', () => {
  it('are none where each one comes in time, grace included', () => {
    expect(silences(at(10, 36, 60, 80), daily)).toEqual([]);
    // 26 hours after the one before, to the millisecond.
    expect(silences(at(10, 36, 62, 80), daily)).toEqual([]);
  });

  it('begin when the next one was due, and end when it came', () => {
    // 10 + 24 + 2 = 36; at 60 the one of 34 and the one of 58 are two that were missed.
    expect(silences(at(10, 60.5, 80), daily)).toEqual([
      { last: 10 * HOUR, due: 36 * HOUR, ended: 60.5 * HOUR, missed: 2 },
    ]);
  });

  it('last until now where nothing came any more', () => {
    expect(silences(at(10, 30), daily)).toEqual([
      { last: 30 * HOUR, due: 56 * HOUR, ended: undefined, missed: 2 },
    ]);
  });

  it('count from the first day for one that never came', () => {
    expect(silences([], daily)).toEqual([{ last: undefined, due: 26 * HOUR, ended: undefined, missed: 4 }]);
  });

  it('what came before the first day does not count for it', () => {
    expect(silences(at(-3), { ...daily, to: 30 * HOUR })).toEqual([
      { last: -3 * HOUR, due: 26 * HOUR, ended: undefined, missed: 1 },
    ]);
  });

  it('are due at the same time whenever somebody looks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 500 }),
        (unsorted, first, more) => {
          const times = unsorted.sort((a, b) => a - b);
          const look = (to: number) => silences(times, { since: 0, to, every: 24, grace: 2 });
          const [early, late] = [look(first), look(first + more)];
          for (const { due } of early) expect(late.map((each) => each.due)).toContain(due);
        },
      ),
    );
  });
});
