import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedId, uuidv7 } from './index.ts';
import { uuid } from './schema.ts';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());

describe('UUIDv7', () => {
  it('is the test vector of RFC 9562 Appendix A.6', () => {
    // unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0b01, 0x8C4DC0C0C07398F
    const random = () => Uint8Array.from(Buffer.from('0000000000000cc318c4dc0c0c07398f', 'hex'));
    expect(uuidv7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('sorts by time, has version and variant whatever the random bits, and leaves the given bytes alone', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(time, time, bytes, bytes, (a, b, one, other) => {
        const before = one.slice();
        const [first, second] = [uuidv7(a, () => one), uuidv7(b, () => other)];
        expect(uuid.safeParse(first).success).toBe(true);
        expect(first[14]).toBe('7');
        expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(a);
        if (a < b) expect(first < second).toBe(true);
        expect(one).toEqual(before);
      }),
    );
  });
});

describe('derived ids', () => {
  it('are the first 16 bytes of a SHA-256 with version 8 and the variant', () => {
    // printf 'exhibit.record-id/1\n["falco","42"]' | sha256sum
    expect(derivedId('falco', '42', sha256)).toBe('f03c5353-577f-8b25-a63b-7ab2e45e7a15');
  });

  it('are the same for the same source and id, and differ otherwise, wherever the border between them lies', () => {
    expect(derivedId('a', 'b', sha256)).toBe(derivedId('a', 'b', sha256));
    const pairs = [
      ['a', 'b'],
      ['ab', ''],
      ['', 'ab'],
      ['a","b', ''],
      ['a', 'b '],
      ['A', 'b'],
    ] as const;
    expect(new Set(pairs.map(([source, id]) => derivedId(source, id, sha256))).size).toBe(pairs.length);
    for (const [source, id] of pairs)
      expect(uuid.safeParse(derivedId(source, id, sha256)).success).toBe(true);
  });
});
