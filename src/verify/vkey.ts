import { ExhibitError, fromHex, isSeen, type Sha256, toHex } from '../record/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { toUtf8 } from './bytes.ts';
import type { KeyType, VerifierKey } from './types.ts';

/** Signature type bytes. @see c2sp.org/signed-note, "Signature types" */
const TYPE_BYTE: Record<KeyType, number> = { ed25519: 0x01, cosignature: 0x04, 'ml-dsa-44': 0x06 };

const PUBLIC_KEY_BYTES: Record<KeyType, number> = { ed25519: 32, cosignature: 32, 'ml-dsa-44': 1312 };

/** Whether it is the key of a witness, not of a log. */
export function isWitnessKey({ type }: VerifierKey): boolean {
  return type !== 'ed25519';
}

/** A key name: not empty, no space, no plus, no control character. @see c2sp.org/signed-note, "Format" */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/**
 * The verifier key of a public key, with its id.
 * @param publicKey 32 bytes (RFC 8032); of ML-DSA-44 1312 bytes (FIPS 204)
 * @throws ExhibitError LEDGER_KEY
 */
export function makeVkey(
  sha256: Sha256,
  name: string,
  publicKey: Uint8Array,
  type: KeyType = 'ed25519',
): VerifierKey {
  if (!isKeyName(name))
    refuse(`${JSON.stringify(name)} is no key name: it is empty or has a space or a plus`);
  // A note may carry lines of others with odder names; a key that is trusted must not look like another one.
  if (!isSeen(name))
    refuse(`${JSON.stringify(name)} has a character that is not seen, or is not in the form NFC`);
  const length = PUBLIC_KEY_BYTES[type];
  if (publicKey.length !== length) refuse(`the public key has ${publicKey.length} bytes, not ${length}`);
  return { name, type, publicKey, id: keyId(sha256, name, TYPE_BYTE[type], publicKey) };
}

/**
 * Key id: the first four bytes of SHA-256(name || 0x0A || type || public key), hexadecimal.
 * It is a name, not a proof: anyone can make another key with the same id.
 * @see c2sp.org/signed-note, "Signatures"
 */
export function keyId(sha256: Sha256, name: string, typeByte: number, publicKey: Uint8Array): string {
  const head = toUtf8(`${name}\n`);
  const input = new Uint8Array(head.length + 1 + publicKey.length);
  input.set(head);
  input[head.length] = typeByte;
  input.set(publicKey, head.length + 1);
  return toHex(sha256(input).slice(0, 4));
}

/** `<name>+<id>+<base64(type || public key)>`: one line without newline. */
export function formatVkey(key: VerifierKey): string {
  return `${key.name}+${key.id}+${toBase64(Uint8Array.of(TYPE_BYTE[key.type], ...key.publicKey))}`;
}

/**
 * Reads a verifier key.
 * @throws ExhibitError LEDGER_KEY when it is malformed, of an unknown type, or its id is not that of the key
 */
export function parseVkey(sha256: Sha256, text: string): VerifierKey {
  const [name = '', id = '', ...rest] = text.trim().split('+');
  // Base64 itself has plus signs: what follows the second one belongs together.
  const encoded = fromBase64(rest.join('+'));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || encoded === undefined) {
    refuse('the verifier key is not of the form <name>+<8 hex digits>+<base64>');
  }
  const type = (Object.keys(TYPE_BYTE) as KeyType[]).find((one) => TYPE_BYTE[one] === encoded[0]);
  if (type === undefined) refuse(`the verifier key of ${name} has the unknown type ${encoded[0] ?? 'none'}`);
  const key = makeVkey(sha256, name, encoded.slice(1), type);
  if (key.id !== id) refuse(`the verifier key of ${name} says id ${id}, but the key has id ${key.id}`);
  return key;
}

/** The four bytes of a key id. */
export function keyIdBytes(key: VerifierKey): Uint8Array {
  return fromHex(key.id);
}

function refuse(message: string): never {
  throw new ExhibitError('LEDGER_KEY', message, {
    hint: 'Take the vkey line as the operator of the log published it.',
  });
}
