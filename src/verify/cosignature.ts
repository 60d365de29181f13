import { ExhibitError } from '../record/index.ts';
import { toUtf8 } from './bytes.ts';
import { parseCheckpoint } from './checkpoint-body.ts';
import type { KeyType, SignatureCrypto, VerifierKey } from './types.ts';

/** What witnesses co-sign with. */
export type CosignatureType = Exclude<KeyType, 'ed25519'>;

const TIME_BYTES = 8;
const SIGNATURE_BYTES: Record<CosignatureType, number> = { cosignature: 64, 'ml-dsa-44': 2420 };

/** `subtree/v1`, a newline and a zero byte. @see c2sp.org/tlog-cosignature, "ML-DSA-44 signed message" */
const LABEL = toUtf8('subtree/v1\n\0');

/**
 * The bytes that a witness signs for a checkpoint at a time. Ed25519 signs the text, and not the name of the witness;
 * ML-DSA-44 signs name, origin, size and root, and not the extension lines.
 * @param text of the checkpoint, with its last newline
 * @param time Unix seconds
 * @throws ExhibitError CHECKPOINT_INVALID for a text that is no checkpoint, or a name that the format cannot hold
 * @see c2sp.org/tlog-cosignature
 */
export function cosignedMessage(type: CosignatureType, name: string, text: string, time: number): Uint8Array {
  switch (type) {
    case 'cosignature':
      return toUtf8(`cosignature/v1\ntime ${time}\n${text}`);
    case 'ml-dsa-44': {
      const { origin, size, root } = parseCheckpoint(text);
      const parts = [LABEL, short(name), u64(time), short(origin), u64(0), u64(size), root];
      const message = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        message.set(part, at);
        at += part.length;
      }
      return message;
    }
    default:
      return type satisfies never;
  }
}

/** What stands in a signature line behind the key id: the time and the signature. */
export function timestamped(time: number, signature: Uint8Array): Uint8Array {
  return Uint8Array.of(...u64(time), ...signature);
}

/**
 * The time of a cosignature that verifies, Unix seconds (0: none is stated, which ML-DSA-44 allows); undefined for one that does not.
 * @param signature time and signature, attacker-controlled
 * @throws ExhibitError ALGORITHM_MISSING where this run time cannot check it
 */
export function cosignatureTime(
  text: string,
  signature: Uint8Array,
  key: VerifierKey & { type: CosignatureType },
  crypto: SignatureCrypto,
): number | undefined {
  const { type, name, publicKey } = key;
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES[type]) return undefined;
  const view = new DataView(signature.buffer, signature.byteOffset, signature.byteLength);
  const time = Number(view.getBigUint64(0));
  if (!Number.isSafeInteger(time)) return undefined;
  const message = cosignedMessage(type, name, text, time);
  const bytes = signature.slice(TIME_BYTES);
  switch (type) {
    case 'cosignature':
      return crypto.verifyEd25519(publicKey, message, bytes) ? time : undefined;
    case 'ml-dsa-44':
      if (crypto.verifyMlDsa44 === undefined) throw algorithmMissing(`the cosignature of ${name}`);
      return crypto.verifyMlDsa44(publicKey, message, bytes) ? time : undefined;
    default:
      return type satisfies never;
  }
}

/** The error where a run time has no ML-DSA-44. @param what needs it */
export function algorithmMissing(what: string): ExhibitError {
  return new ExhibitError('ALGORITHM_MISSING', `${what} needs ML-DSA-44, which this run time has not`, {
    hint: 'Use Node 24.6 or newer, or a key of Ed25519.',
  });
}

/** Text behind one byte with its length. */
function short(text: string): Uint8Array {
  const bytes = toUtf8(text);
  if (bytes.length === 0 || bytes.length > 255)
    throw new ExhibitError(
      'CHECKPOINT_INVALID',
      `${JSON.stringify(text)} has ${bytes.length} bytes: a cosignature of ML-DSA-44 holds names of 1 to 255`,
    );
  return Uint8Array.of(bytes.length, ...bytes);
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
