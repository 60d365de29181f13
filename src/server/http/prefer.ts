import type { IncomingMessage } from 'node:http';

/**
 * How long a caller wants to wait for an answer, in seconds; 0 where it does not say.
 * @see RFC 7240 section 4.3 (`wait`), and OPA's `Prefer: modes=snapshot,delta;wait=60`
 */
export function waitOf({ headers }: IncomingMessage): number {
  const { prefer } = headers;
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '');
  const seconds = /(?:^|[;,\s])wait\s*=\s*"?(\d{1,6})"?(?:$|[;,\s])/.exec(text)?.[1];
  return seconds === undefined ? 0 : Number(seconds);
}
