import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { ExhibitError, type RandomBytes } from '../record/index.ts';
import { systemCode } from '../store/index.ts';
import {
  algorithmMissing,
  type CosignatureType,
  cosignedMessage,
  formatSignature,
  fromBase64,
  makeVkey,
  timestamped,
  toBase64,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';

/** What co-signs. */
export interface WitnessSigner {
  readonly key: VerifierKey;
  /** `PRIVATE+KEY+<name>+<id>+<base64(type || seed)>`, as for the keys of logs. Secret. */
  readonly secret: string;
  /**
   * A cosignature as a signature line. @param text of a checkpoint, with its last newline @param time Unix seconds
   * @throws ExhibitError CHECKPOINT_INVALID for an origin that the format cannot hold
   */
  cosign(text: string, time: number): string;
}

const SEED_BYTES = 32;
const TYPE_BYTE: Record<CosignatureType, number> = { cosignature: 0x04, 'ml-dsa-44': 0x06 };

/** DER of a PKCS #8 key before its 32-byte seed. @see RFC 8410 section 7, RFC 9881 section 6 (the seed alone) */
const PKCS8: Record<CosignatureType, Buffer> = {
  cosignature: Buffer.from('302e020100300506032b657004220420', 'hex'),
  'ml-dsa-44': Buffer.from('3034020100300b06096086480165030403110422' + '8020', 'hex'),
};
const PUBLIC_BYTES: Record<CosignatureType, number> = { cosignature: 32, 'ml-dsa-44': 1312 };

/** A new key for a witness. @throws ExhibitError LEDGER_KEY for a name that is none, ALGORITHM_MISSING */
export function makeCosigner(name: string, type: CosignatureType, random: RandomBytes): WitnessSigner {
  return fromSeed(name, type, random(SEED_BYTES));
}

function fromSeed(name: string, type: CosignatureType, seed: Uint8Array): WitnessSigner {
  if (type === 'ml-dsa-44' && nodeCrypto.verifyMlDsa44 === undefined)
    throw algorithmMissing(`the key of the witness ${name}`);
  const secretKey: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8[type], seed]),
    format: 'der',
    type: 'pkcs8',
  });
  // The key is the end of its SubjectPublicKeyInfo.
  const spki = createPublicKey(secretKey).export({ format: 'der', type: 'spki' });
  const key = makeVkey(nodeCrypto.sha256, name, new Uint8Array(spki.subarray(-PUBLIC_BYTES[type])), type);
  return {
    key,
    secret: `PRIVATE+KEY+${name}+${key.id}+${toBase64(Uint8Array.of(TYPE_BYTE[type], ...seed))}`,
    cosign: (text, time) =>
      formatSignature(key, timestamped(time, sign(null, cosignedMessage(type, name, text, time), secretKey))),
  };
}

/**
 * Reads a key file. @throws ExhibitError LEDGER_KEY where it is missing, malformed or readable by others, ALGORITHM_MISSING; the
 * message never holds the key
 */
export async function readCosigner(path: string, name: string): Promise<WitnessSigner> {
  const [head, kind, own = '', id, ...rest] = (await readSecret(path)).trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  const type = (Object.keys(TYPE_BYTE) as CosignatureType[]).find((one) => TYPE_BYTE[one] === bytes?.[0]);
  if (head !== 'PRIVATE' || kind !== 'KEY' || type === undefined || bytes?.length !== 1 + SEED_BYTES)
    throw keyError(path, 'is not of the form PRIVATE+KEY+<name>+<id>+<base64>');
  if (own !== name) throw keyError(path, `is of the witness ${own}, not of ${name}`);
  const signer = fromSeed(name, type, bytes.subarray(1));
  if (signer.key.id !== id) throw keyError(path, `says id ${id}, but its key has id ${signer.key.id}`);
  return signer;
}

async function readSecret(path: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    // Windows has no such bits and reports 0666.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw keyError(path, `may be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${path}`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw keyError(path, `cannot be read (${systemCode(cause) ?? 'error'})`);
  }
}

function keyError(path: string, why: string, hint?: string): ExhibitError {
  return new ExhibitError('LEDGER_KEY', `the key file ${path} ${why}`, {
    location: { file: path },
    ...(hint === undefined ? {} : { hint }),
  });
}
