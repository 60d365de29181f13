import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { parseJson } from '../../inputs/index.ts';
import { isExactNumber, isExhibitError } from '../../record/index.ts';
import type { App } from '../app.ts';
import { readBody } from '../http/body.ts';
import { requestInvalid } from '../http/reply.ts';

/**
 * Runs work with the body of a request as a schema reads it; a field that the schema does not know is refused, and so is what two readers
 * would take for two values: what is judged, shown and approved here is what the caller acts on.
 * @throws ExhibitError REQUEST_INVALID, REQUEST_TOO_LARGE, SERVER_BUSY
 */
export async function withBody<T, R>(
  request: IncomingMessage,
  schema: z.ZodType<T>,
  app: App,
  work: (value: T) => Promise<R>,
): Promise<R> {
  const body = await readBody(request, app.settings.limits.body_bytes, app.queue);
  try {
    return await work(read(body.bytes, schema));
  } finally {
    body.done();
  }
}

function read<T>(bytes: Buffer, schema: z.ZodType<T>): T {
  const value = plainJson(bytes);
  const { data, error } = safely(() => schema.safeParse(value));
  if (error === undefined) return data as T;
  const [issue] = error.issues;
  throw requestInvalid(
    `the request is not understood: ${issue?.path.join('.') || 'body'}: ${issue?.message}`,
  );
}

/** @throws ExhibitError REQUEST_INVALID for a key twice in one object, a key `__proto__`, a number that no double holds, a lone surrogate */
function plainJson(bytes: Buffer): unknown {
  try {
    const value = parseJson('the body', decoder.decode(bytes));
    refuseOdd(value, '');
    return value;
  } catch (error) {
    if (error instanceof TypeError) throw requestInvalid('the body is not JSON in UTF-8');
    if (isExhibitError(error) && error.code.startsWith('INPUT_'))
      throw requestInvalid(`the body is not JSON that all read alike: ${error.message}`);
    throw error;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function refuseOdd(value: unknown, path: string): void {
  if (isExactNumber(value))
    throw requestInvalid(
      `${path} is a number that not every reader holds exactly`,
      'Send such a number as text.',
    );
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    // Many programs take it for something else than a member, or leave it out.
    if (key === '__proto__') throw requestInvalid(`${path} has a key __proto__`);
    refuseOdd(item, `${path}/${key}`);
  }
}

/** A value that is nested too deep for the schema. */
function safely<T>(job: () => T): T {
  try {
    return job();
  } catch (error) {
    if (error instanceof RangeError) throw requestInvalid('the body is nested too deep');
    throw error;
  }
}
