import { describe, expect, test } from 'vitest';
import { compareLocks, type Locked } from './locks.ts';

const at = (day: number): number => Date.UTC(2026, 2, day);

/** A file that was written, whose day was closed, and whose lock ends, each on a day of March. */
function file(key: string, written: number, closed: number, until: number | undefined): Locked {
  return {
    ...{ day: '2026-03-01', key, framework: 'soc2', closed: at(closed) },
    object: {
      modified: at(written),
      lock: {
        mode: until === undefined ? undefined : 'GOVERNANCE',
        until: until === undefined ? undefined : at(until),
        held: false,
      },
    },
  };
}
const named = (files: Locked[]) => compareLocks(files).problems.map(({ key }) => key);

describe('locks of a framework', () => {
  test('are alike where each is as long from when its file was written', () => {
    expect(named([file('a', 2, 2, 32), file('b', 3, 3, 33)])).toEqual([]);
  });

  test('are shorter where one ends sooner, and missing where there is none', () => {
    const { problems } = compareLocks([file('a', 2, 2, 32), file('b', 3, 3, 23), file('c', 4, 4, undefined)]);
    expect(problems.map(({ kind, message }) => [kind, message])).toEqual([
      ['lock', 'b: its lock is of 20 days; other files of soc2 have GOVERNANCE, 30 days'],
      ['lock', 'c: it has no lock; other files of soc2 have GOVERNANCE, 30 days'],
    ]);
  });

  test('are not shorter in a copy that was made later, of all days at once', () => {
    expect(named([file('a', 30, 2, 60), file('b', 30, 20, 60)])).toEqual([]);
  });

  test('are not shorter where the store calls a change of the lock a change of the object', () => {
    expect(named([file('a', 2, 2, 32), file('b', 13, 3, 33)])).toEqual([]);
  });

  test('are weaker where one is GOVERNANCE among COMPLIANCE', () => {
    const strict = file('a', 2, 2, 32);
    strict.object.lock.mode = 'COMPLIANCE';
    expect(named([strict, file('b', 2, 2, 32)])).toEqual(['b']);
  });

  test('that are nowhere are said once', () => {
    const { problems, notes } = compareLocks([file('a', 2, 2, undefined), file('b', 2, 2, undefined)]);
    expect(problems).toEqual([]);
    expect(notes).toEqual(['no file of soc2 has a lock that these credentials can see']);
  });

  test('are compared within each framework', () => {
    const other = { ...file('b', 2, 2, 12), framework: 'nis2' };
    expect(named([file('a', 2, 2, 32), other])).toEqual([]);
  });
});
