import { expect, it } from 'vitest';
import { formatLevel } from './index.ts';

const levelAt = (time: number) =>
  formatLevel({
    signedBy: { name: 'log', id: '00000000' },
    witnessed: [{ name: 'w', id: '11111111', time }],
    witnessesGiven: 1,
  });

// A date of JavaScript ends 8.64e15 milliseconds after 1970 (ECMA-262, 21.4.1.1); a cosignature has 64 bits of seconds.
it('shows every time that a witness can sign', () => {
  expect(levelAt(0)).toContain('w at 1970-01-01T00:00:00.000Z');
  expect(levelAt(8.64e12)).toContain('w at +275760-09-13T00:00:00.000Z');
  expect(levelAt(8.64e12 + 1)).toContain('w at second 8640000000001 of 1970');
  expect(levelAt(Number.MAX_SAFE_INTEGER)).toContain('second 9007199254740991');
});
