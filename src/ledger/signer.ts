import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { join } from 'node:path';
import type { RandomBytes } from '../record/index.ts';
import {
  type Checkpoint,
  formatCheckpoint,
  formatNote,
  formatSignature,
  fromBase64,
  makeVkey,
  toBase64,
} from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { SIGNER } from './layout.ts';
import { isReference, referred } from './signers/reference.ts';
import { fileError, readSecretFile } from './signers/secret-file.ts';
import type { LogSigner } from './signers/types.ts';

export type { LogSigner } from './signers/types.ts';

/** DER header of a PKCS #8 Ed25519 key, before its 32-byte seed. @see RFC 8410 section 7 */
const PKCS8 = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  4,
  0x22,
  4,
  0x20,
);
const SEED_BYTES = 32;
const ED25519 = 1;

/** A new key for a log. */
export function makeSigner(origin: string, random: RandomBytes): LogSigner {
  return fromSeed(origin, random(SEED_BYTES));
}

function fromSeed(name: string, seed: Uint8Array): LogSigner {
  const secretKey = createPrivateKey({ key: Buffer.from([...PKCS8, ...seed]), format: 'der', type: 'pkcs8' });
  // The last 32 bytes of the SubjectPublicKeyInfo are the key.
  const spki = createPublicKey(secretKey).export({ format: 'der', type: 'spki' });
  const key = makeVkey(sha256, name, new Uint8Array(spki.subarray(-32)));
  return {
    key,
    kind: 'ledger',
    place: SIGNER,
    stored: `PRIVATE+KEY+${name}+${key.id}+${toBase64(Uint8Array.of(ED25519, ...seed))}`,
    sign: async (message) => sign(null, message, secretKey),
  };
}

/**
 * Reads the text of a private key.
 * @throws ExhibitError LEDGER_KEY; the message never holds the key
 */
export function parseSigner(text: string, place: string): LogSigner {
  const [head, kind, name = '', id, ...rest] = text.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  if (head !== 'PRIVATE' || kind !== 'KEY' || bytes?.[0] !== ED25519 || bytes.length !== 1 + SEED_BYTES) {
    throw keyError(place, 'is not of the form PRIVATE+KEY+<name>+<id>+<base64>');
  }
  const signer = fromSeed(name, bytes.subarray(1));
  if (signer.key.id !== id) throw keyError(place, `says id ${id}, but its key has id ${signer.key.id}`);
  return signer;
}

/**
 * The signer of a ledger folder. One outside is not asked yet: a ledger can be opened and written to while its signer is away.
 * @throws ExhibitError LEDGER_KEY where it is missing, malformed, or readable by others
 */
export async function readSigner(folder: string, origin: string, file: string = SIGNER): Promise<LogSigner> {
  const path = join(folder, file);
  const text = await readSecretFile(path, KEY_FILE);
  const signer = isReference(text) ? referred(text, path) : parseSigner(text, path);
  if (signer.key.name !== origin) throw keyError(path, `is of the log ${signer.key.name}, not of ${origin}`);
  return signer;
}

/** The signed note of a checkpoint. Several signers: a handover from one key to the next. */
export async function signCheckpoint(
  checkpoint: Omit<Checkpoint, 'extensions'>,
  signers: readonly LogSigner[],
): Promise<string> {
  const text = formatCheckpoint({ ...checkpoint, extensions: [] });
  const message = new TextEncoder().encode(text);
  const lines: string[] = [];
  for (const signer of signers) lines.push(formatSignature(signer.key, await signer.sign(message)));
  return formatNote(text, lines);
}

const KEY_FILE = 'the key file';

function keyError(path: string, why: string): Error {
  return fileError(path, KEY_FILE, why);
}
