import { hashes, verify } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { VerifyCrypto } from '../types.ts';

hashes.sha512 = sha512;

/** Hashes and Ed25519 in plain JavaScript: WebCrypto has no synchronous form, and older browsers have no Ed25519. It has no ML-DSA-44. */
export const pageCrypto: VerifyCrypto = {
  sha256,
  verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      // As RFC 8032 has it, and so as OpenSSL decides.
      return verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
  verifyMlDsa44: undefined,
};
