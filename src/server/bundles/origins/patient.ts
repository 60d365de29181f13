import { setTimeout as sleep } from 'node:timers/promises';
import { isExhibitError } from '../../../record/index.ts';
import { originFault } from './faults.ts';
import type { Found, Origin } from './types.ts';

export interface Patience {
  /** Most bytes of a bundle. */
  bytes: number;
  /** Of one try. */
  seconds: number;
  /** A number from 0 up to 1, new each time: servers that were started together do not ask together. */
  jitter(): number;
  /** Milliseconds before the second try; twice that before the third. Left out: half a second. */
  pause?: number;
}

const TRIES = 3;
const PAUSE = 500;

/**
 * One reading within its limits, tried three times where another try may help.
 * @throws ExhibitError as the origin does; BUNDLE_ORIGIN for one that is too slow
 */
export async function readPatiently(
  origin: Origin,
  since: string | undefined,
  { bytes, seconds, jitter, pause = PAUSE }: Patience,
  signal: AbortSignal,
): Promise<Found | 'unchanged'> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await limited(origin, since, bytes, seconds, signal);
    } catch (error) {
      const again = isExhibitError(error) && error.details?.again === true;
      if (!again || tried === TRIES || signal.aborted) throw error;
      await sleep(pause * 2 ** (tried - 1) * (0.5 + jitter()), undefined, { signal, ref: false });
    }
  }
}

/** The time holds also for what does not listen to its signal, such as the search for credentials. */
async function limited(
  origin: Origin,
  since: string | undefined,
  bytes: number,
  seconds: number,
  signal: AbortSignal,
): Promise<Found | 'unchanged'> {
  const late = new AbortController();
  const both = AbortSignal.any([signal, late.signal]);
  both.throwIfAborted();
  const timer = setTimeout(() => late.abort(), seconds * 1_000);
  const cut = Promise.withResolvers<never>();
  both.addEventListener('abort', () => cut.reject(both.reason), { once: true });
  try {
    const reading = origin.read(since, { bytes, signal: both });
    return await Promise.race([reading, cut.promise]);
  } catch (error) {
    if (late.signal.aborted)
      throw originFault(origin.name, `it takes longer than ${seconds} s`, {
        cause: error,
        again: true,
        hint: 'limits.bundle_seconds is the longest time of one reading.',
      });
    throw error;
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}
