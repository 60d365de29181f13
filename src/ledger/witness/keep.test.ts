import { describe, expect, it } from 'vitest';
import { type Kept, superfluous } from './keep.ts';

const kept = (size: number, signers: string, day: number): Kept => ({ size, signers: new Set(signers), day });

describe('co-signed checkpoints that nobody needs', () => {
  it('are those whose witnesses have all signed a newer one of the same day', () => {
    expect(superfluous([kept(10, 'ab', 1), kept(20, 'abc', 1), kept(30, 'ab', 1)])).toEqual([10]);
  });

  it('are not those that a reader with another quorum needs', () => {
    // Whoever asks for three has 20, for a and b 30, for c alone 40.
    expect(superfluous([kept(20, 'abc', 1), kept(30, 'ab', 1), kept(40, 'c', 1)])).toEqual([]);
  });

  it('are not the last of a day', () => {
    const days = [kept(10, 'a', 1), kept(11, 'a', 1), kept(20, 'a', 2), kept(21, 'a', 2), kept(22, 'a', 3)];
    expect(superfluous(days)).toEqual([20, 10]);
  });

  it('are not there where there is one', () => {
    expect(superfluous([kept(10, 'a', 1)])).toEqual([]);
  });
});
