import type { Builtin } from '../wasm/instance.ts';
import { RegoNumber } from '../wasm/term.ts';
import { fail, string } from './operands.ts';

/** A decimal numeral of Go's ParseFloat. Its hexadecimal form is left out: OPA's interpreter makes a number of it that it cannot print. */
const NUMERAL = /^([+-]?)(\d+(?:_\d+)*)?(?:\.(\d+(?:_\d+)*)?)?(?:[eE]([+-]?\d+(?:_\d+)*))?$/;

/** Numbers of texts that are no JSON numbers but numerals of Go, as the JSON number of the same value. */
const numberOf: Builtin = ([term]) => {
  const [, sign = '', whole = '', decimals = '', power] = NUMERAL.exec(string(term)) ?? fail('not a number');
  if (whole + decimals === '') fail('not a number');
  const plain = (digits: string): string => digits.replaceAll('_', '');
  const text =
    (sign === '-' ? '-' : '') +
    (plain(whole).replace(/^0+(?=\d)/, '') || '0') +
    (decimals === '' ? '' : `.${plain(decimals)}`) +
    (power === undefined ? '' : `e${plain(power)}`);
  return Number.isFinite(Number(text)) ? new RegoNumber(text) : fail('out of range');
};

export const toNumber: Readonly<Record<string, Builtin>> = { to_number: numberOf };
