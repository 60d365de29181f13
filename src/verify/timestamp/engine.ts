import { CryptoEngine } from 'pkijs';

type BrowserCrypto = ConstructorParameters<typeof CryptoEngine>[0]['crypto'];

/** Web Crypto, which Node and browsers have under one name. The library has the types of a browser; the objects are the same. */
export const engine = new CryptoEngine({
  name: 'web',
  crypto: globalThis.crypto as unknown as BrowserCrypto,
});

const SHA2 = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
} as const;

/** Object identifier of SHA-256. @see RFC 5754 section 2 */
export const SHA_256 = '2.16.840.1.101.3.4.2.1';

/** Name of a hash that is believed in; undefined for MD5, SHA-1 and all others. */
export function hashOf(oid: string): string | undefined {
  return SHA2[oid as keyof typeof SHA2];
}

/** Signature algorithms that name a hash which is not believed in any more. @see RFC 3279 section 2.2 */
const BROKEN = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.2.840.10045.4.1',
  '1.2.840.10040.4.3',
]);

export const isBroken = (signatureAlgorithm: string): boolean => BROKEN.has(signatureAlgorithm);
