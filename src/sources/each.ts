import type { z } from 'zod';
import type { ExhibitError } from '../record/index.ts';
import { quickly, UNSURE } from './quick.ts';
import type { Item, Located, Problem } from './types.ts';

/** Reads values one by one: each must fit the schema; one that does not is a problem of its line, and the others are read. */
export async function* each<T>(
  values: AsyncIterable<Located> | Iterable<Located>,
  schema: z.ZodType<T>,
  make: (value: T, place: Located) => Iterable<Item>,
): AsyncGenerator<Item> {
  for await (const place of values) {
    if (place.error !== undefined) yield problemOf(place.error, place.line);
    // One by one: in an asynchronous generator, yield* waits for each item twice.
    else
      for (const item of conform(place.value, schema, (value) => make(value, place), place.line)) yield item;
  }
}

/** Items of a value that fits the schema; one problem where it does not. @param where in the report, for the message: `results[3]` */
export function* conform<T>(
  value: unknown,
  schema: z.ZodType<T>,
  make: (value: T) => Iterable<Item>,
  line?: number,
  where?: string,
): Generator<Item> {
  const quick = quickly(schema, value);
  if (quick !== UNSURE) {
    yield* make(quick);
    return;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    yield* make(parsed.data);
    return;
  }
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? [])].filter((part) => part !== undefined).join('.');
  const message = `${path === '' ? 'the value' : path}: ${issue?.message ?? 'does not fit'}`;
  yield {
    type: 'problem',
    message,
    line,
    hint: 'The report is damaged, or of a version that is not known here.',
  };
}

export function problemOf(error: ExhibitError, line?: number): Problem {
  return { type: 'problem', message: error.message, hint: error.hint, line: error.location?.line ?? line };
}
