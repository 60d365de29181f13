import { ExhibitError, toHex } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { fromUtf8, toUtf8 } from './bytes.ts';
import { type CosignatureType, cosignatureTime } from './cosignature.ts';
import type { Note, NoteSignature, OpenedNote, SignatureCrypto, Signer, VerifierKey } from './types.ts';
import { isKeyName, keyIdBytes } from './vkey.ts';

/** Longest note in bytes, and most signature lines: both well above what the format asks a reader to take. */
export const MAX_NOTE_BYTES = 1_000_000;
export const MAX_NOTE_SIGNATURES = 100;

const DASH = '\u2014';
const ED25519_BYTES = 64;

/**
 * Takes a note apart. Nothing is verified.
 * @param note attacker-controlled text or bytes
 * @throws ExhibitError CHECKPOINT_INVALID
 * @see c2sp.org/signed-note, "Format"
 */
export function parseNote(note: string | Uint8Array): Note {
  if (note.length > MAX_NOTE_BYTES) refuse(`is longer than ${MAX_NOTE_BYTES} bytes`);
  const all = typeof note === 'string' ? note : fromUtf8(note);
  if (all === undefined || !all.isWellFormed()) return refuse('is not UTF-8');
  // Control characters would let one signed text show itself in two ways on a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  if (/[\x00-\x09\x0b-\x1f]/.test(all)) refuse('holds a control character');
  const split = all.lastIndexOf('\n\n');
  if (split < 0) refuse('has no blank line before its signatures');
  const lines = all.slice(split + 2).split('\n');
  if (lines.pop() !== '') refuse('does not end with a newline');
  if (lines.length === 0) refuse('has no signature');
  if (lines.length > MAX_NOTE_SIGNATURES) refuse(`has more than ${MAX_NOTE_SIGNATURES} signatures`);
  return { text: all.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string, at: number): NoteSignature {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ');
  const bytes = fromBase64(encoded);
  if (dash !== DASH || !isKeyName(name) || bytes === undefined || bytes.length < 5 || rest.length > 0) {
    return refuse(`has a malformed signature line (number ${at + 1})`);
  }
  return { name, id: toHex(bytes.slice(0, 4)), signature: bytes.slice(4) };
}

/** One signature line with its newline: em dash, key name, base64(key id || signature). */
export function formatSignature(key: VerifierKey, signature: Uint8Array): string {
  return `${DASH} ${key.name} ${toBase64(Uint8Array.of(...keyIdBytes(key), ...signature))}\n`;
}

/** A note from its text (which ends with a newline) and its signature lines. */
export function formatNote(text: string, signatureLines: readonly string[]): string {
  return `${text}\n${signatureLines.join('')}`;
}

/**
 * Opens a note with the keys that the reader trusts. Signatures of other keys are ignored; a signature of a known key
 * that does not verify refuses the note, and so does a note that no known key signed.
 * @param keys trusted keys, found by name and id together
 * @throws ExhibitError CHECKPOINT_INVALID; ALGORITHM_MISSING for a signature that this run time cannot check
 * @see c2sp.org/signed-note, "Signatures"
 */
export function openNote(
  note: string | Uint8Array,
  keys: readonly VerifierKey[],
  crypto: SignatureCrypto,
): OpenedNote {
  const { text, signatures } = parseNote(note);
  const signers: Signer[] = [];
  for (const line of signatures) {
    const key = keys.find(({ name, id }) => name === line.name && id === line.id);
    if (key === undefined) continue;
    const signer = verifySignature(text, line, key, crypto);
    if (signer === undefined) refuse(`has a signature of ${key.name}+${key.id} that does not verify`);
    if (!signers.some((one) => one.key === key)) signers.push(signer);
  }
  if (signers.length === 0) {
    const seen = signatures.map(({ name, id }) => `${name}+${id}`);
    refuse('is not signed by any of the given keys', { kind: 'unknown-signer', signed_by: seen });
  }
  return { text, signers };
}

function verifySignature(
  text: string,
  line: NoteSignature,
  key: VerifierKey,
  crypto: SignatureCrypto,
): Signer | undefined {
  if (key.type !== 'ed25519') return cosigned(text, line, key, key.type, crypto);
  if (line.signature.length !== ED25519_BYTES) return undefined;
  const good = crypto.verifyEd25519(key.publicKey, toUtf8(text), line.signature);
  return good ? { key, time: undefined } : undefined;
}

/** A time of zero is no time: such a witness does not say that it knew of no larger tree. */
function cosigned(
  text: string,
  { signature }: NoteSignature,
  key: VerifierKey,
  type: CosignatureType,
  crypto: SignatureCrypto,
): Signer | undefined {
  const time = cosignatureTime(text, signature, { ...key, type }, crypto);
  return time === undefined
    ? undefined
    : { key, time: type === 'ml-dsa-44' && time === 0 ? undefined : time };
}

function refuse(message: string, details: Record<string, unknown> = {}): never {
  throw new ExhibitError('CHECKPOINT_INVALID', `the signed note ${message}`, { details });
}
