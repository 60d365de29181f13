import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { App } from '../app.ts';
import { jsonOf, readBody } from '../http/body.ts';
import { requestInvalid } from '../http/reply.ts';

/**
 * Runs work with the body of a request as a schema reads it; a field that the schema does not know is refused.
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
  const value = jsonOf(bytes);
  const { data, error } = safely(() => schema.safeParse(value));
  if (error === undefined) return data as T;
  const [issue] = error.issues;
  throw requestInvalid(
    `the request is not understood: ${issue?.path.join('.') || 'body'}: ${issue?.message}`,
  );
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
