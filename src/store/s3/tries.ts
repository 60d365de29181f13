import { setTimeout as sleep } from 'node:timers/promises';
import { isExhibitError } from '../../record/index.ts';
import { nameOf, statusOf } from './answer.ts';

/** How long a store is asked before it is said that it does not answer. */
export interface Patience {
  /** Most times that one thing is asked. */
  tries: number;
  /** Of silence, after which a try is given up. A try that goes on has fifteen times as long. */
  seconds: number;
  /** From 0 up to 1, new each time: clients that failed together do not come again together. */
  jitter(): number;
  /** First pause, in milliseconds; each later one is twice as long, up to 20 s. */
  pause: number;
}

export const PATIENCE: Patience = { tries: 6, seconds: 60, jitter: Math.random, pause: 200 };
const LONGEST_PAUSE = 20_000;

/** Words of an answer after which another try may help, whatever its status. */
const PASSING = new Set([
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  // The SDK takes the server's time from the answer and signs the next try with it.
  'RequestTimeTooSkewed',
  'OperationAborted',
  'ConditionalRequestConflict',
  // The bytes were damaged on their way.
  'BadDigest',
  'XAmzContentSHA256Mismatch',
]);

/** Never mended by asking again: nothing was sent. */
const NOT_SENT = /^(CredentialsProviderError|TokenProviderError)$/;

/** Whether another try may help: no answer, a server that cannot now, damage on the way. What was done by this one is not known. */
export function isPassing(error: unknown): boolean {
  if (isExhibitError(error)) return error.details.again === true;
  const name = nameOf(error);
  if (name !== undefined && PASSING.has(name)) return true;
  const status = statusOf(error);
  if (status !== undefined) return status === 429 || status >= 500;
  return (
    !NOT_SENT.test(name ?? '') && !/^Region is missing/.test(error instanceof Error ? error.message : '')
  );
}

/**
 * Asks until there is an answer, with longer and longer pauses.
 * @param once calls `alive` when some of a long answer has come
 * @param after what became of a try whose answer was lost; undefined where it did nothing, then it is made again
 * @throws the last error, as it came
 */
export async function withTries<T>(
  once: (signal: AbortSignal, alive: () => void) => Promise<T>,
  { tries, seconds, jitter, pause }: Patience,
  after?: () => Promise<T | undefined>,
): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await inTime(once, seconds * 1_000);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(Math.min(LONGEST_PAUSE, pause * 2 ** (made - 1)) * (0.5 + jitter() / 2));
      // Also after the last try: it may have been done, and only its answer lost.
      const done = await after?.();
      if (done !== undefined) return done;
      if (made >= tries) throw error;
    }
  }
}

const LONGEST_TRY = 15;

async function inTime<T>(
  once: (signal: AbortSignal, alive: () => void) => Promise<T>,
  milliseconds: number,
): Promise<T> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException('no answer in time', 'TimeoutError'));
  const silence = setTimeout(late, milliseconds);
  const all = setTimeout(late, LONGEST_TRY * milliseconds);
  try {
    return await once(controller.signal, () => void silence.refresh());
  } finally {
    clearTimeout(silence);
    clearTimeout(all);
  }
}
