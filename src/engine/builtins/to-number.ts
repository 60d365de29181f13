import type { Builtin } from '../wasm/instance.ts';
import { RegoNumber } from '../wasm/term.ts';
import { fail, string } from './operands.ts';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const BINARY = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/;
/** Beyond it a number is zero or no float. */
const FURTHEST = 2_000;

/** The JSON number of the same value as a numeral of Go's ParseFloat. @see https://pkg.go.dev/strconv#ParseFloat */
const numberOf: Builtin = ([term]) => {
  const numeral = joined(string(term));
  const text = binary(numeral) ?? decimal(numeral);
  return Number.isFinite(Number(text)) ? new RegoNumber(text) : fail('out of range');
};

/** Underscores may stand between digits, and behind the prefix of a hexadecimal numeral. */
function joined(numeral: string): string {
  if (!numeral.includes('_')) return numeral;
  const between = /^[+-]?0[xX]/.test(numeral)
    ? /(?<=[0-9a-fA-FxX])_(?=[0-9a-fA-F])/g
    : /(?<=[0-9])_(?=[0-9])/g;
  return numeral.replace(between, '');
}

function decimal(numeral: string): string {
  const [, sign = '', whole = '', decimals = '', power] = DECIMAL.exec(numeral) ?? fail('not a number');
  if (whole + decimals === '') fail('not a number');
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  const fraction = decimals === '' ? '' : `.${decimals}`;
  return `${sign === '-' ? '-' : ''}${digits}${fraction}${power === undefined ? '' : `e${power}`}`;
}

function binary(numeral: string): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent] = BINARY.exec(numeral) ?? [];
  if (exponent === undefined || whole + fraction === '') return undefined;
  const power = Number(exponent) - 4 * fraction.length;
  if (Math.abs(power) > FURTHEST) return fail('out of range');
  const mantissa = BigInt(`0x${whole}${fraction}`);
  const digits =
    power < 0 ? `${mantissa * 5n ** BigInt(-power)}e${power}` : String(mantissa << BigInt(power));
  return (sign === '-' ? '-' : '') + digits;
}

export const toNumber: Readonly<Record<string, Builtin>> = { to_number: numberOf };
