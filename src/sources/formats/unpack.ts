import type { z } from 'zod';
import { conform, problemOf } from '../each.ts';
import type { Item, Report, Sample } from '../types.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One thing of a value that holds several, and where it stands: `Findings[3]`. */
export interface Part {
  value: unknown;
  where?: string | undefined;
}

/** Undefined for what is no JSON object. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Undefined for what is no text, and for an empty one: makers write "" and null for absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A text that holds JSON, parsed; anything else as it is. */
export function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * An answer of a cloud's API without what a recorder put around it: `{headers, body}`, `{status_code, data}`, the interactions of a
 * VCR cassette. Others come back as they are.
 */
export function bare(value: unknown): unknown[] {
  const object = objectOf(value);
  if (object === undefined) return [value];
  if ('body' in object && 'headers' in object) return [jsonIn(object.body)];
  if ('data' in object && 'status_code' in object) return [object.data];
  if (Array.isArray(object.interactions))
    return object.interactions.flatMap((each: unknown) => {
      const body = objectOf(objectOf(objectOf(each)?.response)?.body);
      return body === undefined ? [] : [jsonIn(body.data ?? body.string)];
    });
  return [value];
}

/** The members of a list that is named so in a value, each with its place; undefined where there is no such list. */
export function listIn(value: unknown, name: string): Part[] | undefined {
  const list = objectOf(value)?.[name];
  return Array.isArray(list)
    ? list.map((each: unknown, index) => ({ value: each, where: `${name}[${index}]` }))
    : undefined;
}

/** What detection looks at: the first value, without what stands around it. */
export function firstOf({ first }: Sample): unknown {
  const value = bare(first)[0];
  return Array.isArray(value) ? (value as unknown[])[0] : value;
}

/**
 * Reads a report of parts: `open` takes a value apart (into none, where there is nothing to judge), each part must fit the schema, and one
 * that does not is a problem of its place.
 */
export async function* readParts<T>(
  report: Report,
  open: (value: unknown) => Iterable<Part>,
  schema: z.ZodType<T>,
  make: (value: T) => Iterable<Item>,
): AsyncGenerator<Item> {
  for await (const place of report.values()) {
    if (place.error !== undefined) {
      yield problemOf(place.error, place.line);
      continue;
    }
    for (const value of bare(place.value))
      for (const inner of Array.isArray(value) ? (value as unknown[]) : [value])
        for (const part of open(inner))
          for (const item of conform(part.value, schema, make, place.line, part.where)) yield item;
  }
}

/** An id of one state of a finding: the same at a resend, another one after a change. Undefined where its first part is not known. */
export function stateId(id: string | null | undefined, ...state: unknown[]): string | undefined {
  return id == null || id === '' ? undefined : JSON.stringify([id, ...state]);
}
