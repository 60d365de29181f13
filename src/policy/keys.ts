import { generateKeyPairSync } from 'node:crypto';

/** A public key that may sign bundles, under the name by which records and errors speak of it. */
export interface VerificationKey {
  id: string;
  /** SPKI, PEM. */
  pem: string;
}

/** A new ECDSA P-256 key pair for bundles (ES256): PKCS #8 and SPKI, PEM. */
export function generateBundleKey(): { privateKeyPem: string; publicKeyPem: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
