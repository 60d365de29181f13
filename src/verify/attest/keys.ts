import { ExhibitError, type Sha256, toHex } from '../../record/index.ts';
import { toUtf8 } from '../bytes.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** What signs attestations: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256, its signature in DER, as cosign makes it. */
export type AttestKeyType = 'ed25519' | 'ecdsa-p256';

/** A public key that the reader trusts. */
export interface AttestKey {
  type: AttestKeyType;
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array;
  /** The `keyid` of a signature: the fingerprint as OpenSSH shows it, `SHA256:...`, by which in-toto's Go library finds a key. */
  id: string;
  /** The hint of a bundle of sigstore: base64 of the SHA-256 of the SubjectPublicKeyInfo. */
  hint: string;
  /** How messages speak of it. */
  name: string;
}

/** The two functions that the verifier of attestations needs and does not bring along. Both are synchronous. */
export interface AttestCrypto {
  sha256: Sha256;
  /** False, never an exception, for what does not verify. */
  verifySignature(key: AttestKey, message: Uint8Array, signature: Uint8Array): boolean;
}

/** What stands in the DER before the key itself. @see RFC 8410 section 4; RFC 5480 section 2.1.1 */
const HEADERS: readonly { type: AttestKeyType; header: string; bytes: number }[] = [
  { type: 'ed25519', header: '302a300506032b6570032100', bytes: 32 },
  // An uncompressed point: 0x04, then x and y.
  {
    type: 'ecdsa-p256',
    header: '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
    bytes: 64,
  },
];

const PEM = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END PUBLIC KEY-----\s*$/;

/**
 * Reads a public key as cosign and openssl write it: one `PUBLIC KEY` block, Ed25519 or ECDSA P-256.
 * @param name how messages speak of it, such as the name of its file
 * @throws ExhibitError CONFIG_INVALID
 */
export function parseAttestKey(sha256: Sha256, pem: string, name: string): AttestKey {
  if (/PRIVATE KEY/.test(pem)) invalid(name, 'is a private key; name the public one');
  const body = PEM.exec(pem.trim())?.[1];
  const spki = body === undefined ? undefined : decodeBase64(body.replace(/[\r\n]/g, ''));
  if (spki === undefined) return invalid(name, 'is not one public key in PEM');
  const hex = toHex(spki);
  const found = HEADERS.find(
    ({ header, bytes }) => hex.startsWith(header) && spki.length === header.length / 2 + bytes,
  );
  if (found === undefined) return invalid(name, 'is neither Ed25519 nor ECDSA P-256');
  const raw = spki.subarray(spki.length - found.bytes);
  const id = `SHA256:${encodeBase64(sha256(sshKey(found.type, raw))).replace(/=+$/, '')}`;
  return { type: found.type, spki, id, hint: encodeBase64(sha256(spki)), name };
}

/** A public key as SSH writes it. @see RFC 8709 section 4; RFC 5656 section 3.1 */
function sshKey(type: AttestKeyType, raw: Uint8Array): Uint8Array {
  const parts =
    type === 'ed25519'
      ? [toUtf8('ssh-ed25519'), raw]
      : [toUtf8('ecdsa-sha2-nistp256'), toUtf8('nistp256'), Uint8Array.of(0x04, ...raw)];
  // All are shorter than 256 bytes, so three zeros and one byte are their length.
  return Uint8Array.from(parts.flatMap((part) => [0, 0, 0, part.length, ...part]));
}

function invalid(name: string, why: string): never {
  throw new ExhibitError('CONFIG_INVALID', `the key ${name} ${why}`, {
    location: { file: name },
    hint: '`exhibit attest keygen` makes a pair; so do cosign and openssl.',
  });
}
