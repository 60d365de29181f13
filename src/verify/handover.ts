import { ExhibitError, isExhibitError, type Sha256 } from '../record/index.ts';
import { openCheckpoint } from './checkpoint.ts';
import { readEntry } from './entry.ts';
import { parseNote } from './note.ts';
import { parseProof, verifyProof } from './proof.ts';
import type { LogSource } from './source.ts';
import type { SignedCheckpoint, VerifierKey, VerifyCrypto } from './types.ts';
import { isWitnessKey, parseVkey } from './vkey.ts';

/** More key changes than this between a trusted key and the newest one are refused. */
const MAX_HANDOVERS = 64;

/**
 * Where a log keeps what makes a reader who trusts the old key trust the new one: a `.tlog-proof` of the `key` record
 * (details: vkey, valid_from_size) that announces the new key, up to a checkpoint that the old key signed. Its extra data is
 * that record, so that the file is enough by itself.
 * Only `key` records of LEDGER_EMITTER count: whoever else could append one could take the log over.
 * @param keyId id of the new key, 8 hexadecimal digits
 */
export function handoverPath(keyId: string): string {
  return `handover/${keyId}.tlog-proof`;
}

/** A key that is trusted because an older trusted key announced it. */
export interface Handover {
  key: VerifierKey;
  /** The new key signs from this size on; the old one signs up to it. */
  validFromSize: number;
  /** The checkpoint of the old key that covers the announcement. */
  announcedBy: SignedCheckpoint;
}

/**
 * Checks one handover.
 * @param proof attacker-controlled
 * @throws ExhibitError CHECKPOINT_INVALID, PROOF_INVALID, RECORD_INVALID, RECORD_NOT_CANONICAL
 */
export function verifyHandover(
  proof: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
): Handover {
  const record = parseProof(proof).extra;
  if (record === undefined) return refuse('the handover does not carry the key record');
  const { checkpoint } = verifyProof(record, proof, keys, crypto);
  const announced = readEntry(record).key;
  if (announced === undefined) return refuse('the record of the handover announces no key');
  const key = announcedKey(crypto.sha256, checkpoint.origin, announced.vkey);
  if (key === undefined) return refuse(`the announced key is not one of the log ${checkpoint.origin}`);
  if (checkpoint.size > announced.valid_from_size) {
    refuse(`the old key signed size ${checkpoint.size}, but it ended at size ${announced.valid_from_size}`);
  }
  return { key, validFromSize: announced.valid_from_size, announcedBy: checkpoint };
}

/** The key that a `key` record announces for signing this log; undefined where it is no such key. */
export function announcedKey(sha256: Sha256, origin: string, vkey: string): VerifierKey | undefined {
  try {
    const key = parseVkey(sha256, vkey);
    return key.name === origin && key.type === 'ed25519' ? key : undefined;
  } catch (error) {
    // What stands in a record is evidence, not the reader's configuration.
    if (isExhibitError(error, 'LEDGER_KEY')) return undefined;
    throw error;
  }
}

export interface Trusted {
  checkpoint: SignedCheckpoint;
  /** Handovers that led from a given key to the one that signed, newest first; empty where a given key signed. */
  handovers: Handover[];
}

/**
 * Opens a checkpoint with the given keys, or with a newer key that they handed the log over to.
 * @param note attacker-controlled
 * @throws ExhibitError CHECKPOINT_INVALID and what verifyHandover throws
 */
export async function openTrusted(
  source: LogSource,
  note: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
  options: { origin?: string } = {},
): Promise<Trusted> {
  const signers = await findSigner(source, note, keys, crypto, new Set());
  const [newest] = signers;
  const own = newest === undefined ? keys : [newest.key, ...keys.filter(isWitnessKey)];
  const checkpoint = openCheckpoint(note, own, crypto, options);
  if (newest !== undefined && checkpoint.size < newest.validFromSize) {
    refuse(
      `its key ${newest.key.id} is valid from size ${newest.validFromSize} on, not for ${checkpoint.size}`,
    );
  }
  return { checkpoint, handovers: signers };
}

/**
 * The handovers, newest first, from a given key to one that the note says it is signed with; none where that is a given key.
 * @param tried ids that were looked up before: whoever writes the files must not make this a long walk
 */
async function findSigner(
  source: LogSource,
  note: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
  tried: Set<string>,
): Promise<Handover[]> {
  const own = keys.filter(({ type }) => type === 'ed25519');
  const { signatures } = parseNote(note);
  // A given key that is there must verify by itself: it is never replaced by another one.
  if (signatures.some((line) => own.some(({ name, id }) => name === line.name && id === line.id))) return [];
  for (const { name, id } of signatures) {
    if (!own.some((key) => key.name === name) || tried.has(id) || tried.size >= MAX_HANDOVERS) continue;
    tried.add(id);
    const proof = await source(handoverPath(id));
    if (proof === undefined) continue;
    const before = await findSigner(source, parseProof(proof).checkpoint, keys, crypto, tried);
    const handover = verifyHandover(proof, before[0] === undefined ? keys : [before[0].key], crypto);
    if (before[0] !== undefined && handover.announcedBy.size < before[0].validFromSize) {
      refuse(
        `the key ${before[0].key.id} handed over at size ${handover.announcedBy.size}, before it was valid`,
      );
    }
    if (handover.key.id === id && handover.key.name === name) return [handover, ...before];
  }
  return [];
}

function refuse(message: string): never {
  throw new ExhibitError('CHECKPOINT_INVALID', message);
}
