import { createPublicKey } from 'node:crypto';

/**
 * The 32 bytes of an Ed25519 public key; undefined where it is another one, or none.
 * @param answered SubjectPublicKeyInfo as PEM or DER, by whoever keeps the key
 * @see RFC 8410 section 4
 */
export function ed25519Bytes(answered: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(answered);
  try {
    const key = bytes.includes('-----BEGIN')
      ? createPublicKey(bytes.toString('latin1'))
      : createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32));
  } catch {
    return undefined;
  }
}
