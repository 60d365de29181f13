import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostBytes } from './bound.ts';
import { canonicalize } from './canonical.ts';

describe('the most bytes of a canonical form', () => {
  it('are no fewer than it has, and infinite where it has none', () => {
    const odd = fc.constantFrom<unknown>(
      ...[undefined, Number.NaN, 2 ** 53, -0, 1e300, '\ud800', '\u0001', 'é', '😀', new Date(0)],
      // A list with a hole.
      Array(2),
    );
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        odd,
        fc.jsonValue({ maxDepth: 2 }),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
      ),
    })).value;
    let finite = 0;
    fc.assert(
      fc.property(value, (one) => {
        const most = mostBytes(one);
        if (most === Number.POSITIVE_INFINITY) {
          expect(() => canonicalize(one)).toThrow('no canonical JSON form');
          return;
        }
        finite += 1;
        expect(Buffer.byteLength(canonicalize(one))).toBeLessThanOrEqual(most);
      }),
      { numRuns: 3_000 },
    );
    expect(finite).toBeGreaterThan(500);
  });

  it('are infinite for what is nested as deep as no record may be', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;
    expect(mostBytes(nested(100))).toBeLessThan(1_000);
    expect(mostBytes(nested(101))).toBe(Number.POSITIVE_INFINITY);
    expect(mostBytes(nested(10_000))).toBe(Number.POSITIVE_INFINITY);
  });
});
