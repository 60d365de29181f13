import { ExhibitError } from '../record/index.ts';

/**
 * Who records time stamps. Names that begin with `exhibit.` are taken from nobody who sends records, so a `timestamp` record of
 * another name is what somebody else says, and no evidence here.
 */
export const STAMP_EMITTER = 'exhibit.timestamps';

/** What a `timestamp` record of STAMP_EMITTER says: the token of an authority (RFC 3161) over one checkpoint of the log. */
export interface Stamp {
  /** The text of the checkpoint, without its signatures: these bytes are what the authority stamped. */
  checkpoint: string;
  /** Digest of the blob with the token (DER). */
  token: string;
  /** The nonce that was asked with, hexadecimal. */
  nonce: string;
}

/** A stamp where it stands in the log. */
export interface FoundStamp extends Stamp {
  /** Index of the record. */
  index: number;
  /** When the ledger took it. */
  recorded_at: string;
}

/** Kind of the details; other kinds are for later versions, and are passed over. */
export const STAMP_KIND = 'rfc3161';

/** @param details of a `timestamp` record of STAMP_EMITTER @throws ExhibitError RECORD_INVALID */
export function stampOf(details: unknown): Stamp | undefined {
  const { kind, checkpoint, blob, nonce } = (details ?? {}) as Record<string, unknown>;
  if (kind !== STAMP_KIND) return undefined;
  if (typeof checkpoint !== 'string') return refuse('checkpoint');
  if (typeof blob !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(blob)) return refuse('blob');
  if (typeof nonce !== 'string' || !/^[0-9a-f]{2,64}$/.test(nonce)) return refuse('nonce');
  return { checkpoint, token: blob, nonce };
}

function refuse(member: string): never {
  throw new ExhibitError('RECORD_INVALID', `field details.${member} of a time stamp is missing or malformed`);
}
