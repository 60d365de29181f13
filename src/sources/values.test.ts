import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from './values.ts';

describe('times of foreign formats', () => {
  // date -u -d @1767323050
  it.each([
    [1767323050.1, '2026-01-02T03:04:10.100Z'],
    [1767323050.9999, '2026-01-02T03:04:10.999Z'],
    [1767323050, '2026-01-02T03:04:10.000Z'],
    ['1767323050.1', '2026-01-02T03:04:10.100Z'],
    [1767323050123, '2026-01-02T03:04:10.123Z'],
    [1767323050123456, '2026-01-02T03:04:10.123Z'],
    [Number('1767323050123456789'), '2026-01-02T03:04:10.123Z'],
  ])('reads %s since 1970', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  it('keeps every millisecond of seconds with three digits', () => {
    for (let ms = 0; ms < 1000; ms += 1)
      expect(instantOf(Number(`1767323050.${String(ms).padStart(3, '0')}`))?.slice(20, 23)).toBe(
        String(ms).padStart(3, '0'),
      );
  });

  it('are read the same whatever was read before', () => {
    const text = fc
      .tuple(
        fc.constantFrom(
          '2026-01-02T03:04:05',
          '2026-02-30T00:00:00',
          '2026-01-02T24:00:00',
          '1999-12-31T23:59:59',
        ),
        fc.constantFrom('', '.', '.1', '.678', '.678901234', ',5', '.1234567890123', '-'),
        fc.constantFrom('Z', 'z', '', '+00:00', '+01:00', ' UTC', 'Zx', ' Z'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, fc.constantFrom(undefined, 'Z', '+02:00'), (before, value, zone) => {
        instantOf(before, zone);
        const after = instantOf(value, zone);
        instantOf('2001-01-01T00:00:00Z');
        expect(after).toBe(instantOf(value, zone));
      }),
      { numRuns: 5_000 },
    );
  });
});
