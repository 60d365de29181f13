import { isUtf8 } from 'node:buffer';
import { isWrittenHere } from '../../audit/index.ts';
import {
  type ErrorCode,
  ExhibitError,
  isExhibitError,
  parseDraft,
  type RecordDraft,
  type RecordType,
} from '../../record/index.ts';
import { type Identity, maySendAs } from '../auth/identity.ts';
import { tooLarge } from '../http/body.ts';
import { requestInvalid } from '../http/reply.ts';
import type { Role } from '../settings.ts';

/** A line that was refused, from 1; the others of its batch are taken. */
export interface Refused {
  line: number;
  code: ErrorCode;
  message: string;
}

/** A record of a batch that may be appended. */
export interface Draft {
  line: number;
  draft: RecordDraft;
}

/** How the records of a caller are signed with its identity. */
export interface Sender {
  identity: Identity;
  /** Salted reference of the caller. */
  actor: string;
}

/**
 * Which role may send which type. What is not here (checkpoints of days, keys, tombstones, queries, accesses) is made where the
 * ledger lies, from nothing that a caller says.
 */
const SENDERS: Partial<Record<RecordType, Role>> = {
  decision: 'emitter',
  run: 'emitter',
  gap: 'emitter',
  heartbeat: 'emitter',
  finding: 'emitter',
  response: 'emitter',
  bundle_state: 'emitter',
  attestation: 'emitter',
  override: 'engineer',
  policy: 'engineer',
  approval: 'approver',
  manual: 'approver',
};

const LINE_FEED = 0x0a;
const SPACE = 0x20;

/**
 * The records of a batch, one JSON object a line; empty lines are passed over. A line that is no record, or that the caller may
 * not send, is refused alone.
 * @throws ExhibitError REQUEST_INVALID for a batch without a line, REQUEST_TOO_LARGE for too many
 */
export function readDrafts(
  body: Buffer,
  sender: Sender,
  limits: { line_bytes: number; batch_records: number },
): { drafts: Draft[]; refused: Refused[] } {
  const drafts: Draft[] = [];
  const refused: Refused[] = [];
  const whole = isUtf8(body);
  const allowed = new Set<string>();
  let line = 0;
  for (let from = 0; from < body.length; ) {
    const feed = body.indexOf(LINE_FEED, from);
    const to = feed < 0 ? body.length : feed;
    line += 1;
    const bytes = body.subarray(from, to);
    from = to + 1;
    if (isBlank(bytes)) continue;
    if (drafts.length + refused.length >= limits.batch_records) throw tooMany(limits.batch_records);
    try {
      if (bytes.length > limits.line_bytes) throw tooLarge(limits.line_bytes);
      if (!whole && !isUtf8(bytes)) throw requestInvalid('the line is not UTF-8');
      drafts.push({ line, draft: readDraft(bytes, sender, allowed) });
    } catch (error) {
      refused.push(refusal(line, error));
    }
  }
  if (drafts.length + refused.length === 0) throw requestInvalid('the batch holds no record');
  return { drafts, refused };
}

/** @throws what is no error of a record */
export function refusal(line: number, error: unknown): Refused {
  if (!isExhibitError(error)) throw error;
  return { line, code: error.code, message: error.message };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.length === 0 || (bytes.length < 3 && bytes.every((byte) => byte <= SPACE));
}

function tooMany(most: number): ExhibitError {
  return new ExhibitError(
    'REQUEST_TOO_LARGE',
    `the batch has more than ${most} records; nothing of it was taken`,
    {
      hint: 'Send smaller batches.',
    },
  );
}

function denied(message: string): ExhibitError {
  return new ExhibitError('AUTH_DENIED', message);
}

function readDraft(bytes: Buffer, { identity, actor }: Sender, allowed: Set<string>): RecordDraft {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw requestInvalid('the line is not JSON');
  }
  const draft = parseDraft(value);
  const key = `${draft.record_type} ${draft.emitter}`;
  if (!allowed.has(key)) {
    refuseForged(draft, identity);
    allowed.add(key);
  }
  // Who sent it is known; whom the sender names is what it claims.
  const claimed = draft.actor === undefined || draft.actor === actor ? undefined : draft.actor;
  draft.actor = actor;
  draft.actor_verified_by = identity.verified_by;
  if (claimed !== undefined) draft.details = { ...draft.details, claimed_actor: claimed };
  return draft;
}

function refuseForged({ record_type, emitter }: RecordDraft, identity: Identity): void {
  const role = SENDERS[record_type];
  if (role === undefined)
    throw denied(
      `${/^[aeio]/.test(record_type) ? 'an' : 'a'} ${record_type} record is not taken from outside`,
    );
  if (!identity.roles.some((one) => one === role || one === 'administrator'))
    throw denied(`${/^[aeio]/.test(record_type) ? 'an' : 'a'} ${record_type} record needs the role ${role}`);
  // Whatever its globs say: a restore that nobody tried would otherwise be on record as one that worked.
  if (isWrittenHere(emitter) || !maySendAs(identity, emitter))
    throw denied(`the caller may not send as ${JSON.stringify(emitter)}`);
}
