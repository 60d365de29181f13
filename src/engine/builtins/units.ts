import type { Builtin } from '../wasm/instance.ts';
import { int, RegoNumber, type Term } from '../wasm/term.ts';
import { fail, string } from './operands.ts';

/** An exact fraction, since 0.1 of something has no exact double. */
interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

const BYTES: Readonly<Record<string, bigint>> = powers('b');
const SCALE: Readonly<Record<string, bigint>> = powers('');

function powers(suffix: string): Record<string, bigint> {
  const table: Record<string, bigint> = { '': 1n };
  for (const [i, letter] of ['k', 'm', 'g', 't', 'p', 'e'].entries()) {
    table[letter] = 1000n ** BigInt(i + 1);
    table[`${letter}${suffix}`] = 1000n ** BigInt(i + 1);
    table[`${letter}i`] = 1024n ** BigInt(i + 1);
    table[`${letter}i${suffix}`] = 1024n ** BigInt(i + 1);
  }
  return table;
}

/** `units.parse_bytes`: a whole number of bytes; units in any case. */
const parseBytes: Builtin = ([text]) => {
  const [amount, unit] = split(string(text).toLowerCase());
  const factor = Object.hasOwn(BYTES, unit) ? BYTES[unit] : undefined;
  if (factor === undefined) return fail('unit not recognized');
  const { numerator, denominator } = round64(amount);
  const product = round64({ numerator: numerator * factor, denominator });
  return int(product.numerator / product.denominator);
};

/** The nearest number with 64 significant bits, ties to even: OPA counts bytes with such floats. */
function round64({ numerator, denominator }: Fraction): Fraction {
  if (numerator === 0n) return { numerator, denominator };
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  let shift = 64 - (size.toString(2).length - denominator.toString(2).length);
  let quotient = scaled(size, denominator, shift);
  if (quotient >> 64n !== 0n) {
    shift -= 1;
    quotient = scaled(size, denominator, shift);
  }
  const value = negative ? -quotient : quotient;
  return shift >= 0
    ? { numerator: value, denominator: 1n << BigInt(shift) }
    : { numerator: value << BigInt(-shift), denominator: 1n };
}

/** size / denominator * 2^shift, rounded to even. */
function scaled(size: bigint, denominator: bigint, shift: number): bigint {
  const [top, bottom] =
    shift >= 0 ? [size << BigInt(shift), denominator] : [size, denominator << BigInt(-shift)];
  const [quotient, rest] = [top / bottom, 2n * (top % bottom)];
  return rest > bottom || (rest === bottom && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** `units.parse`: SI and binary units; `m` is milli and `M` mega, so the case of the first letter counts for it. */
const parseUnits: Builtin = ([text]) => {
  const [{ numerator, denominator }, raw] = split(string(text));
  const unit = raw.slice(0, 1) + raw.slice(1).toLowerCase();
  if (unit === 'm') return milli({ numerator, denominator });
  const factor = Object.hasOwn(SCALE, unit.toLowerCase()) ? SCALE[unit.toLowerCase()] : undefined;
  return factor === undefined
    ? fail('unit not recognized')
    : show({ numerator: numerator * factor, denominator });
};

/** OPA multiplies by the double nearest to 0.001, and prints ten decimals. */
function milli({ numerator, denominator }: Fraction): Term {
  const power = 1n << 62n;
  const thousandth = BigInt(0.001 * 2 ** 62);
  return show({ numerator: numerator * thousandth, denominator: denominator * power });
}

function show({ numerator, denominator }: Fraction): Term {
  if (numerator % denominator === 0n) return int(numerator / denominator);
  const negative = numerator < 0n;
  const scaled = (negative ? -numerator : numerator) * 10n ** 10n;
  const rounded = (2n * scaled + denominator) / (2n * denominator);
  const digits = rounded.toString().padStart(11, '0');
  return new RegoNumber(`${negative ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`);
}

const AMOUNT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

function split(text: string): [Fraction, unit: string] {
  const bare = text.replaceAll('"', '');
  if (bare.includes(' ')) fail('spaces are not allowed');
  const [number = ''] = /^(?:[\d.+-]|[eE](?=[\d+-])[+-]?)*/.exec(bare) ?? [];
  const [, sign, whole = '', decimals = '', power = '0'] = AMOUNT.exec(number) ?? fail('not a number');
  if (whole === '' && decimals === '') fail('no amount');
  const scale = BigInt(power) - BigInt(decimals.length);
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${decimals}`);
  const fraction =
    scale >= 0n
      ? { numerator: digits * 10n ** scale, denominator: 1n }
      : { numerator: digits, denominator: 10n ** -scale };
  return [fraction, bare.slice(number.length)];
}

export const units: Readonly<Record<string, Builtin>> = {
  'units.parse': parseUnits,
  'units.parse_bytes': parseBytes,
};
