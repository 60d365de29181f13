import type { JsonPath } from '../../inputs/index.ts';

/** One replacement in a text, by offsets in UTF-16 code units. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

/** Where a value is to be written. */
export interface EditRequest {
  text: string;
  /** Where the longest part of the path that is there stands: its key, or its list item. */
  offset: number;
  path: JsonPath;
  /** How many steps of the path are there. */
  there: number;
  value: unknown;
}

/** How many steps of a path lead to something. */
export function existing(value: unknown, path: JsonPath): number {
  let node = value;
  for (const [index, step] of path.entries()) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, String(step))) return index;
    node = (node as Record<string, unknown>)[String(step)];
  }
  return path.length;
}

/** A copy with one value set; objects that are missing on the way are made. The given value stays as it is. */
export function withValue(node: unknown, path: JsonPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(node)) {
    const copy: unknown[] = [...node];
    copy[Number(step)] = withValue(copy[Number(step)], rest, value);
    return copy;
  }
  const members = typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : {};
  const inner = Object.hasOwn(members, String(step)) ? members[String(step)] : undefined;
  return { ...members, [String(step)]: withValue(inner, rest, value) };
}

/** What is missing of the path, as nested objects around the value. */
export function nested(steps: JsonPath, value: unknown): unknown {
  return steps.reduceRight<unknown>((inner, step) => ({ [String(step)]: inner }), value);
}
