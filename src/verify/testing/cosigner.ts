import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { formatSignature, makeVkey, type VerifierKey } from '../index.ts';
import { nodeCrypto } from '../node.ts';

/** A witness for tests; its key follows from a number. */
export interface Cosigner {
  key: VerifierKey;
  /** A signature line. @param time Unix seconds */
  cosign(text: string, time: number): string;
}

/** DER header of a PKCS #8 key with a seed of Ed25519. @see RFC 8410 section 7 */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function cosigner(name: string, seed: number): Cosigner {
  const secret = createPrivateKey({
    key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = makeVkey(nodeCrypto.sha256, name, raw, 'cosignature');
  return {
    key,
    cosign(text, time) {
      const stamp = Buffer.alloc(8);
      stamp.writeBigUInt64BE(BigInt(time));
      const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), secret);
      return formatSignature(key, Buffer.concat([stamp, signature]));
    },
  };
}
