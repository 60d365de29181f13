import oracle from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, isExhibitError, MAX_DEPTH } from './index.ts';

/** The double with these bits, as RFC 8785 Appendix B writes it. */
function fromBits(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

function refusal(value: unknown): unknown {
  try {
    return canonicalize(value);
  } catch (error) {
    return isExhibitError(error, 'RECORD_NOT_CANONICAL') ? error.details.path : error;
  }
}

describe('RFC 8785', () => {
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('Appendix B: %s is %s', (bits, text) => {
    expect(canonicalize(fromBits(bits))).toBe(text);
  });

  it.each([
    ['largest double', '7fefffffffffffff'],
    ['smallest double', 'ffefffffffffffff'],
    ['2^53', '4340000000000000'],
    ['-2^53', 'c340000000000000'],
    ['2^68', '4430000000000000'],
    ['just below 1e23', '44b52d02c7e14af5'],
    ['1e23', '44b52d02c7e14af6'],
    ['1e21', '444b1ae4d6e2ef50'],
    ['NaN', '7fffffffffffffff'],
    ['Infinity', '7ff0000000000000'],
    ['-Infinity', 'fff0000000000000'],
  ])('Appendix B: %s is refused, being no safe integer or no number', (_name, bits) => {
    expect(refusal({ a: [fromBits(bits)] })).toBe('/a/0');
  });

  it('section 3.2.3: sorts keys by UTF-16 code units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect([...canonicalize(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1])).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('section 3.2.2: primitives', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalize(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });
});

describe('against the canonicalize package', () => {
  const safe = (value: unknown) => !/\de\+|\d{17}/.test(JSON.stringify(value));
  it('agrees on every JSON value that both take', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }).filter(safe), (value) => {
        if (!JSON.stringify(value).isWellFormed()) return;
        const mine = refusal(value);
        if (typeof mine === 'string' && mine.startsWith('/')) return;
        expect(mine).toBe(oracle(value));
      }),
    );
  });

  it('does not depend on the order of keys, and is read back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.boolean())), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalize(turned)).toBe(canonicalize(value));
        expect(canonicalize(JSON.parse(canonicalize(value)))).toBe(canonicalize(value));
      }),
    );
  });
});

describe('refusals name the path', () => {
  it.each([
    ['undefined', { a: undefined }, '/a'],
    ['a function', { a: { b: () => 1 } }, '/a/b'],
    ['a symbol', [Symbol('x')], '/0'],
    ['a bigint', [1, 2n], '/1'],
    ['a date', { at: new Date(0) }, '/at'],
    ['a map', { m: new Map() }, '/m'],
    ['a lone surrogate', { a: '\ud800' }, '/a'],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }, '/a'],
    ['the first unsafe integer', { n: 9007199254740992 }, '/n'],
    ['a hole', { a: new Array(1) }, '/a/0'],
    ['the value itself', Number.NaN, ''],
  ])('%s', (_name, value, path) => {
    expect(refusal(value)).toBe(path);
  });

  it('takes the largest safe integers, an object without prototype, and a whole surrogate pair', () => {
    expect(canonicalize([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])).toBe(
      '[9007199254740991,-9007199254740991]',
    );
    expect(canonicalize(Object.assign(Object.create(null), { b: 1, a: '😀' }))).toBe('{"a":"😀","b":1}');
    expect(canonicalize(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });

  it('allows exactly so many levels', () => {
    const nest = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);
    expect(canonicalize(nest(MAX_DEPTH))).toBe(`${'['.repeat(100)}1${']'.repeat(100)}`);
    expect(refusal(nest(MAX_DEPTH + 1))).toBe('/0'.repeat(100));
    expect(refusal(nest(100_000))).toBe('/0'.repeat(100));
  });
});
