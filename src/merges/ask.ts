import { ExhibitError, isThisMachine } from '../record/index.ts';

export interface AskOptions {
  /** Base of the API, such as `https://api.github.com`. */
  base: URL;
  headers: Readonly<Record<string, string>>;
  /** Waits for a number of milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  now(): number;
}

const TIMEOUT = 30_000;
/** Longest wait for a rate limit, and how often one request is asked again. */
const MOST_WAIT = 60_000;
const TRIES = 4;
const MOST_PAGES = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;

/** @throws ExhibitError CONFIG_INVALID for an address that is neither https nor of this machine */
export function apiBase(text: string): URL {
  const base = URL.parse(text.endsWith('/') ? text : `${text}/`);
  const local = base !== null && isThisMachine(base);
  if (base === null || (base.protocol !== 'https:' && !(base.protocol === 'http:' && local)))
    throw new ExhibitError('CONFIG_INVALID', `--api ${text} is no https address`, {
      hint: 'The token would go over the network as it is.',
    });
  return base;
}

/**
 * Every page of an answer. The next page is that of the Link header, on the same host only: the token stays there.
 * @returns undefined where the answer is 403 or 404: not there, or not to be seen with this token
 * @throws ExhibitError SERVER_UNREACHABLE
 */
export async function* pages(path: string, options: AskOptions): AsyncGenerator<unknown, boolean> {
  let next: URL | undefined = new URL(path, options.base);
  for (let page = 0; next !== undefined; page += 1) {
    if (page >= MOST_PAGES) throw unreachable(next, `more than ${MOST_PAGES} pages`);
    const answer = await ask(next, options);
    if (answer === undefined) return false;
    yield answer.value;
    next = answer.next;
  }
  return true;
}

async function ask(url: URL, options: AskOptions): Promise<{ value: unknown; next?: URL } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      headers: options.headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((cause: unknown) => {
      throw unreachable(url, 'no answer', cause);
    });
    const wait = limited(response, options.now());
    if (wait === undefined && response.status < 500) return read(url, response);
    await response.body?.cancel();
    const pause = wait ?? 1_000 * attempt;
    if (attempt >= TRIES || pause > MOST_WAIT)
      throw unreachable(
        url,
        wait === undefined
          ? `status ${response.status}`
          : `rate limit, ${Math.ceil(pause / 1_000)} s to wait`,
      );
    await options.sleep(pause);
  }
}

/** Milliseconds to wait; undefined where no limit was met. @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limited({ status, headers }: Response, now: number): number | undefined {
  if (
    status !== 429 &&
    !(status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'))
  )
    return undefined;
  const after = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(after)) return after * 1_000;
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(1_000, reset * 1_000 - now) : MOST_WAIT;
}

async function read(url: URL, response: Response): Promise<{ value: unknown; next?: URL } | undefined> {
  const { status } = response;
  if (status === 401) throw unreachable(url, 'the token is not taken (401)');
  if (status === 403 || status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await bounded(url, response);
  if (status !== 200) throw unreachable(url, `status ${status}`);
  try {
    const next = nextPage(url, response.headers.get('link'));
    return { value: JSON.parse(text) as unknown, ...(next === undefined ? {} : { next }) };
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw unreachable(url, 'the answer is not JSON', cause);
  }
}

async function bounded(url: URL, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw unreachable(url, 'the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function nextPage(url: URL, link: string | null): URL | undefined {
  const found = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (found === undefined) return undefined;
  const next = new URL(found, url);
  if (next.origin === url.origin) return next;
  throw unreachable(url, `its next page is on another host (${next.host})`);
}

function unreachable(url: URL, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('SERVER_UNREACHABLE', `${url.origin}${url.pathname}: ${why}`, {
    cause,
    hint: 'Nothing was recorded. Try again later, or import files with --file.',
  });
}
