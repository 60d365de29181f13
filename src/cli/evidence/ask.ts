import type { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { awayBecause } from './away.ts';
import { refusal, secureBase } from './remote.ts';
import { tokenFor } from './token.ts';

const TIMEOUT = 120_000;

/**
 * Asks a server something that it answers with JSON. Nothing is kept: what needs the answer cannot go on without it.
 * @param timeout longest wait, milliseconds
 * @throws ExhibitError SERVER_UNREACHABLE, AUTH_..., CONFIG_INVALID; NOT_FOUND of a server that is too old to be asked
 */
export async function askServer<T>(
  url: string,
  path: string,
  body: unknown,
  answer: z.ZodType<T>,
  { env }: Pick<Context, 'env'>,
  timeout = TIMEOUT,
): Promise<T> {
  const base = secureBase(url);
  const token = await tokenFor(base, env);
  let status: number;
  let value: unknown;
  try {
    const response = await fetch(new URL(path, base), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeout),
      redirect: 'error',
    });
    status = response.status;
    value = await response.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw noAnswer(base, 'its answer is not JSON', cause);
    const { why, hint } = awayBecause(base, cause);
    throw noAnswer(base, why, cause, hint);
  }
  if (status === 200) {
    const { data, error } = answer.safeParse(value);
    if (error === undefined) return data;
    throw noAnswer(base, 'its answer has another form than expected', error);
  }
  throw refusal(status, value, base, noAnswer);
}

function noAnswer(
  base: URL,
  why: string,
  cause?: unknown,
  hint = 'Try again when the server is there; exhibit doctor says what can be reached.',
): ExhibitError {
  return new ExhibitError('SERVER_UNREACHABLE', `${base.origin} gives no answer now: ${why}`, {
    cause,
    hint,
  });
}
