import { ExhibitError } from '../../../record/index.ts';

export interface Question {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

const CALL_MILLISECONDS = 60_000;
const TRIES = 5;
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Answers after which the same question may be answered later. */
const LATER: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * An answer in JSON. Asked again after 429 and faults of the other side, when it says so; nothing is followed elsewhere, since a token goes with
 * the question.
 * @param what is asked, for messages
 * @throws ExhibitError INPUT_UNREADABLE, INPUT_TOO_LARGE; never with the token in it
 */
export async function ask(
  what: string,
  { url, method = 'GET', headers = {}, body }: Question,
): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(what, url, {
      method,
      headers: { accept: 'application/json', 'user-agent': 'exhibit', ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(CALL_MILLISECONDS),
    });
    if (answer.ok) return parsed(what, await textOf(what, answer));
    const again = LATER.has(answer.status) && tries < TRIES;
    const said = await saidIn(what, answer);
    if (!again) throw refused(what, answer.status, said);
    await pause(answer.headers.get('retry-after'), tries);
  }
}

async function send(what: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const inner = (cause as { cause?: { code?: unknown } }).cause?.code;
    throw new ExhibitError(
      'INPUT_UNREADABLE',
      `${what} does not answer: ${String(inner ?? (cause as { name?: unknown }).name)}`,
      { hint: 'Look at the network and the address.' },
    );
  }
}

/** Seconds or a date, as RFC 9110 has them; without it a little longer each time. */
async function pause(after: string | null, tries: number): Promise<void> {
  const seconds = after === null ? Number.NaN : Number(after);
  const until = Number.isNaN(seconds) ? Date.parse(after ?? '') - Date.now() : seconds * 1_000;
  const wait = Number.isNaN(until) ? PAUSE * 2 ** (tries - 1) : Math.max(until, 0);
  await new Promise((resolve) => setTimeout(resolve, Math.min(wait, LONGEST_PAUSE)));
}

async function textOf(what: string, answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of answer.body ?? []) {
      bytes += part.length;
      if (bytes > MOST_BYTES) break;
      parts.push(part);
    }
  } catch {
    throw new ExhibitError('INPUT_UNREADABLE', `the answer of ${what} broke off`);
  }
  if (bytes > MOST_BYTES)
    throw new ExhibitError('INPUT_TOO_LARGE', `an answer of ${what} is longer than ${MOST_BYTES} bytes`);
  return Buffer.concat(parts).toString('utf8');
}

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ExhibitError('INPUT_UNREADABLE', `what came from ${what} is not JSON`);
  }
}

/** What an error of Azure or Google says of itself, cut. */
async function saidIn(what: string, answer: Response): Promise<string> {
  try {
    const { error } = parsed(what, await textOf(what, answer)) as {
      error?: { code?: unknown; message?: unknown } | string;
    };
    const said = typeof error === 'string' ? [error] : [error?.code, error?.message];
    return said
      .filter((each) => typeof each === 'string')
      .join(': ')
      .slice(0, 500);
  } catch {
    return '';
  }
}

function refused(what: string, status: number, said: string): ExhibitError {
  return new ExhibitError('INPUT_UNREADABLE', `${what} answers ${status}${said === '' ? '' : `: ${said}`}`, {
    hint:
      status === 401 || status === 403
        ? 'Look whose token it is, and whether that one may read there.'
        : status === 429
          ? 'It is asked too often: ask later, or name fewer types.'
          : 'Look at the scope and the types that are asked for.',
  });
}
