import type { Certificate } from 'pkijs';
import { type Digest, ExhibitError, formatInstant, isExhibitError, toHex } from '../../record/index.ts';
import type { Stamped } from '../anchored.ts';
import { toUtf8 } from '../bytes.ts';
import { parseCheckpoint } from '../checkpoint-body.ts';
import type { FoundStamp } from '../stamp.ts';
import { type TimeToken, verifyToken } from './token.ts';

/** The clock of the writer and that of an authority differ by less; a larger difference is refused when a time stamp is taken. */
export const CLOCKS_MILLISECONDS = 5 * 60 * 1000;

/** What the stamps of a log are compared with. All of it is of a log that was verified before. */
export interface StampedLog {
  origin: string;
  size: number;
  /** Root that the log had at an earlier size, hexadecimal. */
  rootAt(size: number): Promise<string>;
  /** recorded_at of a record. */
  recordedAt(index: number): Promise<string>;
  /** A blob whose digest was compared. @throws ExhibitError BLOB_MISSING, BLOB_DIGEST */
  blob(digest: Digest): Promise<Uint8Array>;
  roots: readonly Certificate[];
  policies?: readonly string[];
}

/**
 * Checks every time stamp of a log: its token, that the log had the root that was stamped, and that the times in the log agree with it.
 * What a token covers was there when the authority said; what comes after its record was sealed after that time, because it commits to the token.
 * @param stamps in the order of the log
 * @throws ExhibitError TIMESTAMP_INVALID with details {index, size, check}; BLOB_MISSING, BLOB_DIGEST for a token
 */
export async function verifyStamps(stamps: readonly FoundStamp[], log: StampedLog): Promise<Stamped> {
  let newest: Stamped['newest'];
  let largest = 0;
  let before: { at: number; index: number } | undefined;
  for (const stamp of stamps) {
    try {
      const { size, token } = await verifyStamp(stamp, log);
      if (before !== undefined && token.at < before.at - CLOCKS_MILLISECONDS)
        differs(
          'order',
          `it is of ${formatInstant(token.at)}, before the one of ${formatInstant(before.at)} in record ${before.index}, to which its checkpoint commits`,
        );
      before = { at: Math.max(token.at, before?.at ?? 0), index: stamp.index };
      largest = Math.max(largest, size);
      if (newest === undefined || size >= newest.size)
        newest = { ...factsOf(token), size, index: stamp.index };
    } catch (error) {
      throw placed(stamp, error);
    }
  }
  return { tokens: stamps.length, newest, uncovered: log.size - largest };
}

async function verifyStamp(stamp: FoundStamp, log: StampedLog): Promise<{ size: number; token: TimeToken }> {
  const { origin, size, root } = parseCheckpoint(stamp.checkpoint);
  if (origin !== log.origin) differs('origin', `it stamps a checkpoint of the log ${JSON.stringify(origin)}`);
  if (size > stamp.index)
    differs('size', `it stamps ${size} records, and stands in the log after ${stamp.index}`);
  const token = await verifyToken(await log.blob(stamp.token as Digest), {
    bytes: toUtf8(stamp.checkpoint),
    nonce: stamp.nonce,
    roots: log.roots,
    ...(log.policies === undefined ? {} : { policies: log.policies }),
  });
  const [was, is] = [toHex(root), await log.rootAt(size)];
  if (was !== is)
    differs(
      'root',
      `the first ${size} records had the root ${was} at ${formatInstant(token.at)}, and have ${is} now: they were rewritten`,
    );
  // recorded_at never decreases along the log, so these two bound it for all records before and after.
  if (Date.parse(stamp.recorded_at) < token.at - CLOCKS_MILLISECONDS)
    differs(
      'back-dated',
      `it is of ${formatInstant(token.at)}, and its record says that it was recorded at ${stamp.recorded_at}: the records from there on are dated back`,
    );
  const last = size === 0 ? undefined : await log.recordedAt(size - 1);
  if (last !== undefined && Date.parse(last) > token.at + CLOCKS_MILLISECONDS)
    differs(
      'ahead',
      `it is of ${formatInstant(token.at)}, and covers record ${size - 1}, which says that it was recorded at ${last}`,
    );
  return { size, token };
}

const factsOf = ({ at, accuracy, tsa }: TimeToken) => ({
  time: formatInstant(at),
  tsa,
  ...(accuracy === undefined ? {} : { accuracy }),
});

function differs(check: string, message: string): never {
  throw new ExhibitError(
    'TIMESTAMP_INVALID',
    `the time stamp does not agree with the log (${check}): ${message}`,
    {
      details: { check },
    },
  );
}

/** The same error with its place in the log. */
function placed({ index }: FoundStamp, error: unknown): unknown {
  if (!isExhibitError(error)) return error;
  const code =
    error.kind === 'incomplete'
      ? error.code
      : error.code === 'BLOB_DIGEST'
        ? error.code
        : 'TIMESTAMP_INVALID';
  return new ExhibitError(code, `record ${index}: ${error.message}`, {
    cause: error,
    location: { file: `record ${index}` },
    details: { ...error.details, index },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}
