import { type Digest, ExhibitError, formatDigest, type Sha256 } from '../record/index.ts';

/**
 * Checks the bytes of a blob against the digest that a record carries.
 * @throws ExhibitError BLOB_DIGEST
 */
export function verifyBlob(sha256: Sha256, digest: Digest, bytes: Uint8Array): void {
  const actual = formatDigest(sha256(bytes));
  if (actual === digest) return;
  throw new ExhibitError('BLOB_DIGEST', `the blob has the digest ${actual} instead of ${digest}`, {
    details: { expected: digest, actual },
  });
}
