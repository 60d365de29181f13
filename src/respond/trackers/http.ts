/** What a tracker answered; or in words why there is no answer. */
export type Answer = { status: number; body: unknown } | { failed: string };

export interface Question {
  method?: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: unknown;
  /** Milliseconds for all of it, redirects too. */
  timeout?: number;
  /** Longest answer in bytes. */
  limit?: number;
}

const TIMEOUT = 10_000;
const LIMIT = 1024 * 1024;
const HOPS = 3;

/**
 * Asks a tracker's API. A redirect is followed to the same origin only, since the token goes with it; an answer that is late, long
 * or no JSON is none. Never throws for what a tracker does.
 */
export async function askJson(url: URL, question: Question): Promise<Answer> {
  const { method = 'GET', headers, body, timeout = TIMEOUT, limit = LIMIT } = question;
  const signal = AbortSignal.timeout(timeout);
  try {
    let at = url;
    for (let hop = 0; hop <= HOPS; hop += 1) {
      const reply = await fetch(at, {
        method,
        headers: {
          'user-agent': 'exhibit',
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const location = reply.headers.get('location');
      if (reply.status < 300 || reply.status > 399 || location === null) return await read(reply, limit);
      await reply.body?.cancel();
      at = new URL(location, at);
      if (at.origin !== url.origin) return { failed: `it sends on to another host, ${at.host}` };
      if (method !== 'GET') return { failed: 'it sends a change on to another address' };
    }
    return { failed: `it sends on more than ${HOPS} times` };
  } catch (error) {
    if (signal.aborted) return { failed: `no answer within ${timeout} ms` };
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    return { failed: `it cannot be reached${cause === undefined ? '' : ` (${cause})`}` };
  }
}

async function read(reply: Response, limit: number): Promise<Answer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of reply.body ?? []) {
    size += part.length;
    if (size > limit) return { failed: `its answer is longer than ${limit} bytes` };
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  if (reply.status >= 400) return { status: reply.status, body: undefined };
  try {
    return { status: reply.status, body: JSON.parse(text) };
  } catch {
    return { failed: 'its answer is no JSON' };
  }
}
