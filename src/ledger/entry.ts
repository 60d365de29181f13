import { ExhibitError } from '../record/index.ts';
import { RECORDED_AT_BYTES, recordedAtMember } from './encode.ts';
import type { Waiting } from './frame.ts';

const MEMBER = Buffer.from('"recorded_at":"');

/** `"recorded_at":"...",` as bytes, ready to be spliced in. */
export function memberBytes(instant: string): Buffer {
  return Buffer.from(recordedAtMember(instant));
}

/**
 * Where recorded_at stands in an entry. Only `details`, which comes before it, may hold a member of the same name,
 * so it is the last one.
 * @throws ExhibitError LEDGER_CORRUPT for bytes that are no record
 */
function place(entry: Buffer): number {
  const at = entry.lastIndexOf(MEMBER);
  if (at < 0) throw new ExhibitError('LEDGER_CORRUPT', 'an entry of the log has no recorded_at');
  return at;
}

/** recorded_at of an entry, without parsing it. */
export function recordedAt(entry: Uint8Array): string {
  const bytes = asBuffer(entry);
  const start = place(bytes) + MEMBER.length;
  return bytes.toString('latin1', start, start + 24);
}

/** True where the entry and the waiting record say the same in all but recorded_at. */
export function sameRecord(entry: Uint8Array, waiting: Waiting): boolean {
  const bytes = asBuffer(entry);
  const { splice } = waiting;
  if (bytes.length !== waiting.bytes.length + RECORDED_AT_BYTES || place(bytes) !== splice) return false;
  const draft = asBuffer(waiting.bytes);
  return (
    bytes.compare(draft, 0, splice, 0, splice) === 0 &&
    bytes.compare(draft, splice, draft.length, splice + RECORDED_AT_BYTES) === 0
  );
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
