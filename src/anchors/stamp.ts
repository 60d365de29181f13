import type { Ledger, Unnumbered } from '../ledger/index.ts';
import {
  type Clock,
  type Digest,
  ExhibitError,
  formatInstant,
  isExhibitError,
  type RandomBytes,
  SCHEMA,
  uuidv7,
} from '../record/index.ts';
import { parseCheckpoint, parseNote, readEntry, STAMP_EMITTER, STAMP_KIND } from '../verify/index.ts';
import type { TimeToken } from '../verify/timestamp/index.ts';
import { askAuthority, authorityUrl, nameOf } from './authority.ts';

export interface StampOptions {
  /** URL of the authority. */
  url: string;
  /** Roots that its certificates must lead to, PEM; left out: the chain is not checked now, and must be by who verifies. */
  roots?: string;
  /** Object identifiers of policies that are allowed; left out: any. */
  policies?: readonly string[];
  /** Milliseconds until the authority is given up; default 20,000. */
  timeout?: number;
  /** Gives the authority up at once. */
  signal?: AbortSignal;
  clock: Clock;
  random: RandomBytes;
  version: string;
}

/** A time stamp that was taken and recorded. */
export interface Taken extends Pick<TimeToken, 'tsa' | 'policy' | 'serial' | 'chained'> {
  /** Records that it covers. */
  size: number;
  /** By the clock of the authority. */
  time: string;
  token: Digest;
}

const TIMEOUT = 20_000;

/**
 * Has the latest checkpoint of a ledger stamped, checks the token, and records it: the next checkpoint commits to it. What is stamped is the
 * text of the checkpoint without its signatures, so that it does not matter who signs it, or signs it again.
 * The record waits for the next seal. Nothing that others append waits for any of this.
 * @throws ExhibitError TIMESTAMP_FAILED, TIMESTAMP_INVALID, CONFIG_INVALID for the roots, USAGE for the URL, and what the ledger throws
 */
export async function stampLedger(ledger: Ledger, options: StampOptions): Promise<Taken> {
  const { clock, random, roots, policies } = options;
  const url = authorityUrl(options.url);
  // Loaded here: what reads certificates is large.
  const stamps = await import('../verify/timestamp/index.ts');
  const { text } = parseNote(await ledger.checkpointText());
  const { size } = parseCheckpoint(text);
  const bytes = Buffer.from(text);
  const nonce = stamps.nonceOf(random(stamps.NONCE_BYTES));
  const query = await stamps.timestampQuery(bytes, nonce);
  const answer = await askAuthority(url, query, {
    timeout: options.timeout ?? TIMEOUT,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const der = stamps.tokenOfAnswer(answer);
  const token = await stamps.verifyToken(der, {
    bytes,
    nonce,
    ...(roots === undefined ? {} : { roots: stamps.parseRoots(roots) }),
    ...(policies === undefined ? {} : { policies }),
  });
  const last = size === 0 ? undefined : await lastTime(ledger, size);
  const here = clock();
  if (Math.abs(here - token.at) > stamps.CLOCKS_MILLISECONDS)
    throw differentClock(nameOf(url), token.at, 'this machine', here);
  if (last !== undefined && last > token.at + stamps.CLOCKS_MILLISECONDS)
    throw differentClock(nameOf(url), token.at, 'the last record', last);
  const digest = await ledger.putBlob(der);
  const now = clock();
  const record: Unnumbered = {
    schema: SCHEMA,
    record_id: uuidv7(now, random),
    record_type: 'timestamp',
    observed_at: formatInstant(token.at),
    emitter: STAMP_EMITTER,
    layer: 'evidence',
    tool: 'exhibit',
    tool_version: options.version,
    message: `${size} records existed at ${formatInstant(token.at)}, says ${token.tsa}`,
    details: {
      kind: STAMP_KIND,
      checkpoint: text,
      size,
      blob: digest,
      nonce,
      serial: token.serial,
      policy: token.policy,
      tsa: token.tsa,
      url: nameOf(url),
      ...(token.accuracy === undefined ? {} : { accuracy_milliseconds: token.accuracy }),
    },
  };
  // The name is one that nobody else can send with: it is refused in what comes in.
  await ledger.append(STAMP_EMITTER, [record], { validated: true });
  const { tsa, policy, serial, chained } = token;
  return { size, time: formatInstant(token.at), token: digest, tsa, policy, serial, chained };
}

/** When the last record that is covered was recorded, in milliseconds since 1970. */
async function lastTime(ledger: Ledger, size: number): Promise<number> {
  return Date.parse(readEntry((await ledger.entry(size - 1)).bytes).recorded_at);
}

/** A log with such a stamp would never verify: one of the two clocks is wrong, and later nobody can tell which. */
function differentClock(name: string, at: number, whose: string, time: number): ExhibitError {
  return new ExhibitError(
    'TIMESTAMP_FAILED',
    `${name} says ${formatInstant(at)}, and ${whose} ${formatInstant(time)}: one of the two clocks is wrong, so the time stamp was not recorded`,
    { location: { file: name }, hint: 'Set the clock of this machine.' },
  );
}

/** Words for a failure, and its code. */
export function failureOf(error: unknown): { code: string; message: string } {
  return {
    code: isExhibitError(error) ? error.code : 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
  };
}
