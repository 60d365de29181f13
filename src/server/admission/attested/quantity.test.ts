import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spellings } from './quantity.ts';

/** What a quantity is worth, in thousandths of a millionth. */
const worth = (text: string | number): bigint => {
  const [, whole = '0', fraction = '', suffix = ''] =
    /^(\d+)(?:\.(\d+))?([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const units: Record<string, bigint> = {
    n: 1n,
    u: 1_000n,
    m: 1_000_000n,
    '': 10n ** 9n,
    k: 10n ** 12n,
    M: 10n ** 15n,
    G: 10n ** 18n,
    T: 10n ** 21n,
    P: 10n ** 24n,
    Ki: 1_024n * 10n ** 9n,
    Mi: 1_024n ** 2n * 10n ** 9n,
    Gi: 1_024n ** 3n * 10n ** 9n,
    Ti: 1_024n ** 4n * 10n ** 9n,
    Pi: 1_024n ** 5n * 10n ** 9n,
  };
  return (BigInt(whole + fraction) * (units[suffix] ?? 0n)) / 10n ** BigInt(fraction.length);
};

it('knows how people write a quantity', () => {
  expect(spellings('1')).toEqual(expect.arrayContaining(['1', 1, '1000m', '1.0']));
  expect(spellings('500m')).toEqual(expect.arrayContaining(['0.5', 0.5, '500m', '0.50']));
  expect(spellings('1Gi')).toEqual(expect.arrayContaining(['1024Mi', '1Gi', '1073741824', 1_073_741_824]));
  expect(spellings('512Mi')).toContain('0.5Gi');
  expect(spellings('0')).toEqual(expect.arrayContaining([0, '0', '0Mi']));
});

it('every spelling is worth the same', () => {
  const quantity = fc
    .record({
      whole: fc.nat(100_000),
      suffix: fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi'),
    })
    .map(({ whole, suffix }) => `${whole}${suffix}`);
  fc.assert(
    fc.property(quantity, (text) => {
      for (const one of spellings(text)) if (!String(one).includes('e')) expect(worth(one)).toBe(worth(text));
      expect(spellings(text)).toContain(text);
    }),
  );
});

it('says nothing of what is no quantity', () => {
  for (const value of [1, null, {}, '', 'a', '1e3', '-1', '1x', '9'.repeat(30), '1.2.3'])
    expect(spellings(value)).toEqual([]);
});
