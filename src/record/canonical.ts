import { ExhibitError } from './errors.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Nesting deeper than this is refused: no evidence needs it, and it protects every reader's stack. */
export const MAX_DEPTH = 100;

/**
 * The canonical form of a JSON value as RFC 8785 defines it, and strict: what has no exact JSON form is refused
 * instead of being turned into something near it.
 *
 * @param value JSON value. `undefined`, functions, symbols, bigints, class instances, NaN, infinities, integers beyond
 *   2^53 - 1 and strings with lone surrogates are refused.
 * @returns canonical text, to be encoded as UTF-8
 * @throws ExhibitError RECORD_NOT_CANONICAL, naming the path of the value
 * @see RFC 8785 sections 3.2.2 (primitives) and 3.2.3 (sorting by UTF-16 code units)
 */
export function canonicalize(value: unknown): string {
  return write(value, '', 0);
}

function write(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return text(value, path);
    case 'number':
      return number(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) refuse(path, `is nested deeper than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? array(value, path, depth) : object(value, path, depth);
    default:
      return refuse(path, `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
}

function text(value: string, path: string): string {
  if (!value.isWellFormed()) refuse(path, 'holds a lone surrogate');
  // For well-formed strings ECMAScript's quoting is the one that RFC 8785 3.2.2.2 prescribes.
  return JSON.stringify(value);
}

function number(value: number, path: string): string {
  if (!Number.isFinite(value)) refuse(path, `is ${value}`);
  // A reader with 64-bit integers and one with doubles must see the same number.
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    refuse(path, 'is an integer beyond 2^53 - 1; use a string');
  // ECMAScript's Number-to-String is the algorithm that RFC 8785 3.2.2.3 names; -0 becomes 0.
  return String(value === 0 ? 0 : value);
}

function array(values: readonly unknown[], path: string, depth: number): string {
  let out = '[';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) out += ',';
    out += write(values[i], `${path}/${i}`, depth + 1);
  }
  return `${out}]`;
}

function object(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'is not a plain object');
  const keys = sortedKeys(value);
  let out = '{';
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] as string;
    if (i > 0) out += ',';
    out += `${text(key, path)}:${write((value as Record<string, unknown>)[key], `${path}/${key}`, depth + 1)}`;
  }
  return `${out}}`;
}

/** Keys in UTF-16 order. Most objects come sorted already, so look before sorting. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  for (let i = 1; i < keys.length; i += 1) {
    if ((keys[i - 1] as string) > (keys[i] as string)) return keys.sort();
  }
  return keys;
}

function refuse(path: string, why: string): never {
  throw new ExhibitError(
    'RECORD_NOT_CANONICAL',
    `${path === '' ? 'the value' : path} ${why}, which has no canonical JSON form`,
    {
      hint: 'Send such a value as a string, or leave the member out.',
      details: { path },
    },
  );
}
