import { MAX_DEPTH } from './canonical.ts';

/** Most bytes of one UTF-16 unit in canonical JSON: `\\u0001`. */
const UNIT = 6;
const NUMBER = 25;

/**
 * The most bytes that the canonical form of a value can have, by adding up instead of writing it; infinite where it may have none at all.
 * @param value anything
 */
export function mostBytes(value: unknown, depth = 0): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value);
    case 'boolean':
      return 5;
    case 'number':
      return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
        ? NUMBER
        : Number.POSITIVE_INFINITY;
    case 'object':
      if (value === null) return 4;
      if (depth >= MAX_DEPTH) return Number.POSITIVE_INFINITY;
      return Array.isArray(value) ? listBytes(value, depth + 1) : objectBytes(value, depth + 1);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

const textBytes = (text: string): number =>
  text.isWellFormed() ? UNIT * text.length + 2 : Number.POSITIVE_INFINITY;

function listBytes(list: readonly unknown[], depth: number): number {
  let sum = 2;
  // By number: a list with holes has undefined in them.
  for (let i = 0; i < list.length && sum < Number.POSITIVE_INFINITY; i += 1)
    sum += mostBytes(list[i], depth) + 1;
  return sum;
}

function objectBytes(value: object, depth: number): number {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return Number.POSITIVE_INFINITY;
  let sum = 2;
  for (const key of Object.keys(value))
    sum += textBytes(key) + mostBytes((value as Record<string, unknown>)[key], depth) + 2;
  return sum;
}
