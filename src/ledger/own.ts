import {
  DAY_MILLISECONDS,
  derivedId,
  ExhibitError,
  formatDigest,
  formatInstant,
  fromHex,
  type RandomBytes,
  SCHEMA,
  uuidv7,
} from '../record/index.ts';
import { recordText } from './encode.ts';
import type { Waiting } from './frame.ts';
import { sha256 } from './hash.ts';
import type { Unnumbered } from './types.ts';

/** The ledger itself as an emitter. Its numbers are committed with the seal, so they have no gaps. */
export const OWN_EMITTER = 'exhibit.ledger';

/** What a record of the ledger says; the rest follows. */
export type OwnRecord = Pick<Unnumbered, 'record_type' | 'message' | 'details'> & { record_id?: string };

export function ownRecord(record: OwnRecord, sequence: number, now: number, random: RandomBytes): Waiting {
  const draft: Unnumbered = {
    schema: SCHEMA,
    record_id: uuidv7(now, random),
    observed_at: formatInstant(now),
    emitter: OWN_EMITTER,
    layer: 'evidence',
    tool: 'exhibit',
    ...record,
  };
  const { head, middle, tail } = recordText(draft);
  return {
    emitter: OWN_EMITTER,
    sequence,
    id: uuidBytes(draft.record_id),
    bytes: Buffer.from(`${head}${middle}"sequence":${sequence},${tail}`),
    splice: Buffer.byteLength(head),
  };
}

export function uuidBytes(uuid: string): Uint8Array {
  return fromHex(uuid.replaceAll('-', ''));
}

/** The record that says that an emitter used a number (or an id) twice, for two different records. */
export function reuseRecord(second: Waiting, first: number): OwnRecord & { record_id: string } {
  const digest = formatDigest(sha256(second.bytes));
  const numbered = second.sequence >= 0;
  const key = numbered ? { sequence: second.sequence } : { record_id: uuidText(second.id) };
  return {
    record_type: 'gap',
    // Derived, so that sending the second record again does not report it again.
    record_id: derivedId(
      'exhibit.ledger/reuse',
      `${second.emitter}\n${JSON.stringify(key)}\n${digest}`,
      sha256,
    ),
    message: `${second.emitter} sent another record with ${numbered ? `sequence ${second.sequence}` : 'the id of an earlier one'}`,
    details: {
      kind: numbered ? 'sequence reused' : 'id reused',
      emitter: second.emitter,
      ...key,
      first,
      blob: digest,
    },
  };
}

function uuidText(id: Uint8Array): string {
  const hex = Buffer.from(id).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The record that says that the clock of the writer is behind the log. */
export function clockRecord(now: number, last: number): OwnRecord {
  return {
    record_type: 'gap',
    message:
      'the clock of the writer is behind the log; recorded_at stays at the time of the last record until it catches up',
    details: { kind: 'clock behind', clock: formatInstant(now), last_recorded_at: formatInstant(last) },
  };
}

/** A clock that is further ahead of the last record than this is not sealed with: no later record could be older again. */
const FARTHEST_DAYS = 366;
/** What is further ahead than this is said in the log. */
const FAR_DAYS = 31;

/**
 * The record that says that the clock of the writer is far ahead of the last record; undefined where it is not. The writer
 * cannot tell a clock that runs fast from a log that was idle.
 * @param accepted whether somebody said that the clock is right
 * @throws ExhibitError LEDGER_CLOCK for more than a year
 */
export function aheadRecord(now: number, last: number, accepted: boolean): OwnRecord | undefined {
  const days = Math.floor((now - last) / DAY_MILLISECONDS);
  if (days < FAR_DAYS) return undefined;
  const [clock, last_recorded_at] = [formatInstant(now), formatInstant(last)];
  if (days >= FARTHEST_DAYS && !accepted) {
    throw new ExhibitError(
      'LEDGER_CLOCK',
      `the clock says ${clock}, ${days} days after the last record (${last_recorded_at}): nothing was sealed, because no later ` +
        'record could be older again; what waits is kept',
      {
        details: { clock, last_recorded_at, days },
        hint: 'Set the clock. If it is right and the log was idle for so long: exhibit ledger seal FOLDER --accept-clock',
      },
    );
  }
  return {
    record_type: 'gap',
    message: `${days} days lie between the last record and the clock of the writer: the log was idle, or the clock is ahead`,
    details: { kind: 'clock ahead', clock, last_recorded_at, days, ...(accepted ? { accepted } : {}) },
  };
}

export const HEARTBEAT: OwnRecord = { record_type: 'heartbeat', message: 'no records were waiting' };
