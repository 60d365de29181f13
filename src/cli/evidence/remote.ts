import { z } from 'zod';
import {
  ERROR_CODES,
  type ErrorCode,
  ExhibitError,
  isExhibitError,
  isThisMachine,
  plural,
} from '../../record/index.ts';
import type { Context } from '../context.ts';
import { awayBecause } from './away.ts';
import { Spool } from './spool.ts';
import { readRun, type Spooled } from './spooled-run.ts';
import { tokenFor } from './token.ts';

const BATCH_RECORDS = 1_000;
const BATCH_UNITS = 2 * 1024 * 1024;
const TIMEOUT = 60_000;

export interface Sent {
  /** Runs that were acknowledged, this one and those that waited. */
  runs: number;
  records: number;
}

/** True for a server instead of a folder. */
export function isServer(evidence: string): boolean {
  return /^https?:\/\//i.test(evidence);
}

/**
 * Sends what waits in the spool. A run is removed from it when the server has acknowledged all of it.
 * @param url of the server, from the setting `evidence`
 * @param limit ends the sending; what was not acknowledged by then stays, and a resend is the same record
 * @throws ExhibitError SERVER_UNREACHABLE, AUTH_... (what was not sent stays in the spool), RECORD_INVALID, CONFIG_INVALID
 */
export async function sendSpool(url: string, context: Context, limit?: AbortSignal): Promise<Sent> {
  const post = await poster(url, context, limit);
  const spool = new Spool(url, context.env);
  const sent = { runs: 0, records: 0 };
  let failure: ExhibitError | undefined;
  for (const folder of spool.waiting()) {
    const run = readRun(folder);
    const refused = isExhibitError(run) ? run : await sendOne(run, post);
    if (refused === undefined) {
      spool.done(folder);
      sent.runs += 1;
      sent.records += isExhibitError(run) ? 0 : run.records.length;
    } else
      failure ??= isExhibitError(refused, 'INPUT_UNREADABLE')
        ? refused
        : aside(refused, spool.refuse(folder));
  }
  // What is wrong with one run says nothing of the next: that one is sent, before anybody hears of the first.
  if (failure !== undefined) throw failure;
  return sent;
}

/** What says that a request itself will never be taken, from whomever and whenever. */
const FOR_GOOD: readonly ErrorCode[] = ['REQUEST_INVALID', 'REQUEST_TOO_LARGE', 'BLOB_DIGEST'];

/** @returns why the server will not take all of it; it takes the rest */
async function sendOne(run: Spooled, post: Post): Promise<ExhibitError | undefined> {
  const refused: Answer['refused'] = [];
  try {
    for (const [digest, bytes] of run.blobs) await post('PUT', `/v1/blobs/${digest}`, new Uint8Array(bytes));
    for (const batch of batchesOf(run.records))
      refused.push(...(await post('POST', '/v1/records', batch)).refused);
  } catch (error) {
    if (!isExhibitError(error) || !FOR_GOOD.includes(error.code)) throw error;
    // Its hint is for whoever makes requests by hand.
    return new ExhibitError(error.code, error.message, { cause: error.cause });
  }
  return refused.length === 0 ? undefined : refusedRun(refused);
}

function* batchesOf(records: readonly string[]): Generator<string> {
  let batch: string[] = [];
  let units = 0;
  for (const record of records) {
    if (batch.length >= BATCH_RECORDS || (batch.length > 0 && units + record.length > BATCH_UNITS)) {
      yield `${batch.join('\n')}\n`;
      [batch, units] = [[], 0];
    }
    batch.push(record);
    units += record.length;
  }
  if (batch.length > 0) yield `${batch.join('\n')}\n`;
}

const answerSchema = z.object({
  refused: z.array(z.object({ line: z.number(), code: z.string(), message: z.string() })).default([]),
});
type Answer = z.infer<typeof answerSchema>;

function refusedRun(refused: Answer['refused']): ExhibitError {
  const [first] = refused;
  return new ExhibitError(
    first?.code === 'AUTH_DENIED' ? 'AUTH_DENIED' : 'RECORD_INVALID',
    `the server refused ${plural(refused.length, 'record')} of a run; the first: ${first?.message ?? ''}`,
    { hint: 'The others were taken. What was refused is kept there and not sent again.' },
  );
}

/** The error of a run that is not sent again, and where it is kept. */
function aside({ code, message, hint, cause }: ExhibitError, folder: string): ExhibitError {
  return new ExhibitError(code, message, {
    location: { file: folder },
    hint: hint ?? 'The run is kept there and not sent again.',
    cause,
  });
}

type Post = (method: string, path: string, body: string | Uint8Array<ArrayBuffer>) => Promise<Answer>;

async function poster(url: string, { env }: Context, limit?: AbortSignal): Promise<Post> {
  const base = secureBase(url);
  const token = await tokenFor(base, env, limit);
  return async (method, path, body) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, base), {
        method,
        body,
        headers: { authorization: `Bearer ${token}` },
        signal: limit ?? AbortSignal.timeout(TIMEOUT),
        redirect: 'error',
      });
      text = await response.text();
    } catch (cause) {
      const { why, hint } = awayBecause(base, cause);
      throw unreachable(base, why, cause, hint);
    }
    return answerOf(response.status, text, base);
  };
}

/** @throws ExhibitError CONFIG_INVALID where a token would go over the network as it is */
export function secureBase(url: string): URL {
  const base = new URL(url);
  if (base.protocol === 'http:' && !isThisMachine(base))
    throw new ExhibitError(
      'CONFIG_INVALID',
      `evidence: ${base.origin} is not https, and the token would go over the network as it is`,
    );
  return base;
}

function answerOf(status: number, text: string, base: URL): Answer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreachable(base, `the answer (${status}) is none of an exhibit server`);
  }
  if (status === 200 || status === 207 || status === 422) return answerSchema.parse(value);
  throw refusal(status, value, base, unreachable);
}

/**
 * The error that a server answered with.
 * @param away makes the error of one that cannot answer now: too many requests, or a fault of its own
 */
export function refusal(
  status: number,
  value: unknown,
  base: URL,
  away: (base: URL, why: string) => ExhibitError,
): ExhibitError {
  const { code, message, hint } = z
    .object({ code: z.string().default(''), message: z.string().default(''), hint: z.string().optional() })
    .catch({ code: '', message: '' })
    .parse(value);
  if (status === 429 || status >= 500) return away(base, message);
  return new ExhibitError(
    isCode(code) ? code : 'REQUEST_INVALID',
    `${base.origin}: ${message}`,
    hint === undefined ? {} : { hint },
  );
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

function unreachable(base: URL, why: string, cause?: unknown, more?: string): ExhibitError {
  const kept = 'The run waits in the spool of this machine, and is sent with the next one.';
  return new ExhibitError('SERVER_UNREACHABLE', `${base.origin} takes no records now: ${why}`, {
    cause,
    hint: more === undefined ? kept : `${kept} ${more}`,
  });
}
