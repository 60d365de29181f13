import { setTimeout as sleep } from 'node:timers/promises';
import { ExhibitError } from '../../../record/index.ts';
import { tookTooLong } from '../../query/stopped.ts';
import { failed, refused } from './failed.ts';
import { type Page, pageSchema, parseExact } from './protocol.ts';
import type { TrinoPlace } from './settings.ts';

/** One query: all its requests together have one limit of time. */
export interface Conversation {
  place: TrinoPlace;
  name: string;
  /** Unix milliseconds. */
  until: number;
  timeout: number;
  /** The answer is not wanted any more. */
  stop?: AbortSignal | undefined;
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
    talk.stop?.throwIfAborted();
    const left = talk.until - Date.now();
    if (left <= 0) throw tookTooLong(name, talk.timeout, undefined);
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: place.headers,
      redirect: 'error',
      // A statement that is being sent is not broken off: without its answer nobody knows what to cancel.
      signal: signalOf(left, body === undefined ? talk.stop : undefined),
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

function signalOf(left: number, stop: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(left);
  return stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
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
