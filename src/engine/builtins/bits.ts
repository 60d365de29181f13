import { ExhibitError } from '../../record/index.ts';
import type { Builtin } from '../wasm/instance.ts';
import { int, type Term } from '../wasm/term.ts';
import { fail, integer, number } from './operands.ts';

/** A number of more binary digits would only fill the memory. */
const MOST_BITS = 1n << 20n;

const both =
  (apply: (a: bigint, b: bigint) => bigint): Builtin =>
  ([a, b]) =>
    int(apply(integer(a), integer(b)));

/** Go takes the lower 64 binary digits of it. */
const distance = (term: Term | undefined): bigint => {
  const by = integer(term);
  return by < 0n ? fail('a shift by a negative number') : BigInt.asUintN(64, by);
};

const left: Builtin = ([a, b]) => {
  const [value, by] = [integer(a), distance(b)];
  if (value === 0n) return int(0);
  if (by > MOST_BITS) throw new ExhibitError('ENGINE_ERROR', `bits.lsh by more than ${MOST_BITS}`);
  return int(value << by);
};

const right: Builtin = ([a, b]) => {
  const [value, by] = [integer(a), distance(b)];
  return int(by > MOST_BITS ? (value < 0n ? -1n : 0n) : value >> by);
};

const RADIX: Readonly<Record<string, number>> = { '2': 2, '8': 8, '10': 10, '16': 16 };

/** Cut towards zero. An integer keeps every digit; what has a fraction or an exponent is a float of 64 binary digits, as in Go. */
const formatInt: Builtin = ([value, base]) => {
  const [{ text }, radix] = [number(value), RADIX[number(base).text] ?? fail('the base is 2, 8, 10 or 16')];
  return (/^-?\d+$/.test(text) ? BigInt(text) : truncated(text)).toString(radix);
};

const MANTISSA = 64;
const MOST_PLACES = 5_000;

function truncated(text: string): bigint {
  const [, sign = '', whole = '', decimals = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? fail('not a number');
  const places = Number(power) - decimals.length;
  if (Math.abs(places) > MOST_PLACES)
    throw new ExhibitError('ENGINE_ERROR', `format_int of a number with more than ${MOST_PLACES} places`);
  const digits = BigInt(whole + decimals);
  const scale = 10n ** BigInt(Math.abs(places));
  const [top, bottom] = places < 0 ? [digits, scale] : [digits * scale, 1n];
  const magnitude = rounded(top, bottom);
  return sign === '-' ? -magnitude : magnitude;
}

/** Integer part of a quotient that was rounded to 64 binary digits, half to even. */
function rounded(top: bigint, bottom: bigint): bigint {
  if (top === 0n) return 0n;
  const length = (value: bigint): number => value.toString(2).length;
  // Enough digits that the quotient has 64 or 65 of them; below that it is exact in the integer part only when shifted.
  const shift = MANTISSA + 1 - (length(top) - length(bottom));
  const [a, b] = shift > 0 ? [top << BigInt(shift), bottom] : [top, bottom << BigInt(-shift)];
  const quotient = a / b;
  const extra = BigInt(length(quotient) - MANTISSA);
  const kept = quotient >> extra;
  const rest = (quotient & ((1n << extra) - 1n)) * b + (a % b);
  const half = (1n << (extra - 1n)) * b;
  const up = rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n;
  const power = Number(extra) - shift;
  return power >= 0 ? (kept + up) << BigInt(power) : (kept + up) >> BigInt(-power);
}

export const bits: Readonly<Record<string, Builtin>> = {
  'bits.and': both((a, b) => a & b),
  'bits.or': both((a, b) => a | b),
  'bits.xor': both((a, b) => a ^ b),
  'bits.negate': ([a]) => int(~integer(a)),
  'bits.lsh': left,
  'bits.rsh': right,
  format_int: formatInt,
};
