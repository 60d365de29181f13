import { setTimeout as sleep } from 'node:timers/promises';
import { ExhibitError } from '../../../record/index.ts';
import { tookTooLong } from '../../query/stopped.ts';
import { type Page, pageSchema, parseExact } from './protocol.ts';
import type { TrinoPlace } from './settings.ts';

/** One query: all its requests together have one limit of time. */
export interface Conversation {
  place: TrinoPlace;
  name: string;
  /** Unix milliseconds. */
  until: number;
  timeout: number;
  /** Characters that came so far. */
  length: number;
}

/** Longest page; Trino's own are 16 MB at most unless one row is longer. */
const LONGEST_PAGE = 256 * 2 ** 20;
/** The protocol says to ask again after these, in a moment. */
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PAUSE = 100;
/** Milliseconds for a word that the query is not wanted any more. */
const CANCEL = 5_000;

/**
 * Asks for one page.
 * @param url attacker-controlled where it comes from an answer: it must lead to the same server, which gets the credentials
 * @throws ExhibitError QUERY_FAILED
 */
export async function ask(talk: Conversation, url: string, body?: string): Promise<Page> {
  const { place, name } = talk;
  if (!URL.canParse(url) || new URL(url).origin !== place.origin)
    throw new ExhibitError('QUERY_FAILED', `${name}: Trino at ${place.origin} sends on to another server`, {
      hint: 'Behind a proxy, Trino needs http-server.process-forwarded=true to name the address that it was asked at.',
    });
  for (;;) {
    const left = talk.until - Date.now();
    if (left <= 0) throw tookTooLong(name, talk.timeout, undefined);
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: place.headers,
      redirect: 'error',
      signal: AbortSignal.timeout(left),
      ...(body === undefined ? {} : { body }),
    }).catch((cause: unknown) => {
      throw failed(talk, cause);
    });
    if (AGAIN.has(answer.status)) {
      await answer.body?.cancel();
      await sleep(PAUSE);
      continue;
    }
    const text = await read(answer, talk);
    if (answer.status !== 200) throw refused(talk, answer.status, text);
    return parse(text, talk);
  }
}

async function read(answer: Response, talk: Conversation): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const part of answer.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (text.length > LONGEST_PAGE)
        throw new ExhibitError(
          'QUERY_FAILED',
          `${talk.name}: a page of Trino has more than ${LONGEST_PAGE} characters`,
        );
    }
  } catch (cause) {
    throw failed(talk, cause);
  }
  talk.length += text.length;
  return text;
}

function parse(text: string, { name, place }: Conversation): Page {
  try {
    return pageSchema.parse(parseExact(text));
  } catch (cause) {
    throw new ExhibitError('QUERY_FAILED', `${name}: what ${place.origin} answers is not Trino's protocol`, {
      cause,
    });
  }
}

function failed(talk: Conversation, cause: unknown): ExhibitError {
  if (cause instanceof ExhibitError) return cause;
  if (Date.now() >= talk.until) return tookTooLong(talk.name, talk.timeout, cause);
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message : String(inner);
  return new ExhibitError(
    'QUERY_FAILED',
    `${talk.name}: Trino at ${talk.place.origin} cannot be asked: ${why}`,
    { cause },
  );
}

function refused({ name, place }: Conversation, status: number, text: string): ExhibitError {
  const hint =
    status === 401 || status === 403
      ? 'It wants --user with EXHIBIT_TRINO_PASSWORD, or EXHIBIT_TRINO_TOKEN.'
      : undefined;
  return new ExhibitError('QUERY_FAILED', `${name}: Trino at ${place.origin} answers ${status}`, {
    // What a server says is shown as data, and not much of it.
    details: { answer: text.slice(0, 500) },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Says that a query is not wanted any more. That it fails is nobody's concern: Trino drops a query that nobody asks for. */
export async function cancel(place: TrinoPlace, url: string | undefined): Promise<void> {
  if (url === undefined || !URL.canParse(url) || new URL(url).origin !== place.origin) return;
  await fetch(url, {
    method: 'DELETE',
    headers: place.headers,
    redirect: 'error',
    signal: AbortSignal.timeout(CANCEL),
  })
    .then((answer) => answer.body?.cancel())
    .catch(() => undefined);
}
