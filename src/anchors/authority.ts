import { ExhibitError } from '../record/index.ts';

/** Longest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 65_536;

export interface AskOptions {
  /** Milliseconds until it is given up. */
  timeout: number;
  /** Gives it up at once, when the process is to end. */
  signal?: AbortSignal;
}

/**
 * Sends a query to an authority by HTTP. What it answers is attacker-controlled: plain HTTP is usual, since the token itself is signed.
 * @returns the answer, at most MAX_ANSWER_BYTES
 * @throws ExhibitError TIMESTAMP_FAILED
 * @see RFC 3161 section 3.4
 */
export async function askAuthority(
  url: URL,
  query: Uint8Array,
  { timeout, signal }: AskOptions,
): Promise<Uint8Array> {
  const name = nameOf(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: new Uint8Array(query),
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]),
    });
  } catch (cause) {
    throw failed(name, causeOf(cause), cause);
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (response.status !== 200 || type !== 'application/timestamp-reply') {
    await response.body?.cancel();
    throw failed(name, `it answers with the status ${response.status} and the type ${JSON.stringify(type)}`);
  }
  try {
    return await bodyOf(response);
  } catch (cause) {
    throw failed(name, causeOf(cause), cause);
  }
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES)
      throw new RangeError(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, length));
}

/** Without what may be a secret: the query of a URL. */
export function nameOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** @throws ExhibitError USAGE */
export function authorityUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new ExhibitError('USAGE', 'the authority is not a URL of http or https without credentials');
  return url;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it did not answer in time';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function failed(name: string, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('TIMESTAMP_FAILED', `${name} gave no time stamp: ${why}`, {
    location: { file: name },
    hint: 'The log goes on without; ask again when the authority is there.',
    ...(cause === undefined ? {} : { cause }),
  });
}
