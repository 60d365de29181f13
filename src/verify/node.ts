/** Hash and signature checks from Node's own library. Not part of the contract in index.ts, which runs in a browser. */
import { createPublicKey, hash, verify } from 'node:crypto';
import type { AttestCrypto } from './attest/keys.ts';
import type { VerifyCrypto } from './types.ts';

/** DER header of a SubjectPublicKeyInfo with an Ed25519 key. @see RFC 8410 section 4 */
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** The same with an ML-DSA-44 key. @see RFC 9881 section 4 */
const SPKI_ML_DSA_44 = Buffer.from('30820532300b06096086480165030403110382052100', 'hex');

function mlDsa44Key(publicKey: Uint8Array) {
  return createPublicKey({ key: Buffer.concat([SPKI_ML_DSA_44, publicKey]), format: 'der', type: 'spki' });
}

/** Any 1312 bytes are a public key, so the answer depends on the run time alone (Node 24.6, OpenSSL 3.5). */
function hasMlDsa44(): boolean {
  try {
    return mlDsa44Key(new Uint8Array(1312)).asymmetricKeyType === 'ml-dsa-44';
  } catch {
    return false;
  }
}

function verifyMlDsa44(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 1312 || signature.length !== 2420) return false;
  return verify(null, message, mlDsa44Key(publicKey), signature);
}

let mlDsa44: boolean | undefined;

export const nodeCrypto: VerifyCrypto = {
  // One call, and its bytes as characters: a Hash object, or a Buffer from the call itself, takes twice as long.
  sha256: (data) => Buffer.from(hash('sha256', data, 'binary'), 'latin1'),
  verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = createPublicKey({ key: Buffer.from([...SPKI, ...publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  },
  // Found out when it is asked for: most logs have no such witness.
  get verifyMlDsa44() {
    mlDsa44 ??= hasMlDsa44();
    return mlDsa44 ? verifyMlDsa44 : undefined;
  },
};

/** The same for attestations. ECDSA signatures are ASN.1 DER over SHA-256, as cosign makes them. */
export const nodeAttestCrypto: AttestCrypto = {
  sha256: nodeCrypto.sha256,
  verifySignature({ type, spki }, message, signature) {
    try {
      const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
      return verify(type === 'ed25519' ? null : 'sha256', message, key, signature);
    } catch {
      return false;
    }
  },
};
