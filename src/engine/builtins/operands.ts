import { isArray, RegoNumber, RegoObject, RegoSet, type Term } from '../wasm/term.ts';

/** Thrown by a built-in for a wrong operand. As in OPA without strict errors, the call then has no value. */
export class OperandError extends Error {}

export function fail(why: string): never {
  throw new OperandError(why);
}

export function string(term: Term | undefined): string {
  return typeof term === 'string' ? term : fail('not a string');
}

export function number(term: Term | undefined): RegoNumber {
  return term instanceof RegoNumber ? term : fail('not a number');
}

/** An integer, also written as 1.0 or 1e3. */
export function integer(term: Term | undefined): bigint {
  const { text } = number(term);
  const [, sign = '', whole = '', decimals = '', power = '0'] = DECIMAL.exec(text) ?? fail('not a number');
  const places = Number(power) - decimals.length;
  if (Math.abs(places) > MOST_PLACES) fail('not an integer');
  const digits = BigInt(sign + whole + decimals);
  const divisor = 10n ** BigInt(Math.max(0, -places));
  if (digits % divisor !== 0n) fail('not an integer');
  return (digits / divisor) * 10n ** BigInt(Math.max(0, places));
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MOST_PLACES = 400;

export function smallInteger(term: Term | undefined): number {
  const value = Number(integer(term));
  return Number.isSafeInteger(value) ? value : fail('too large');
}

export function array(term: Term | undefined): readonly Term[] {
  return term !== undefined && isArray(term) ? term : fail('not an array');
}

export function object(term: Term | undefined): RegoObject {
  return term instanceof RegoObject ? term : fail('not an object');
}

/** Members of an array or a set. */
export function members(term: Term | undefined): readonly Term[] {
  return term instanceof RegoSet ? term.items : array(term);
}
