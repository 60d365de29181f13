/** In a browser: what the engine takes of node:crypto. */
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const HASHES = { md5, sha1, sha256, sha512 } as const;
type Name = keyof typeof HASHES;

/** Takes the text and gives the digest as `createHash(name).update(text).digest('hex')` does. */
interface Hashing {
  update(text: string): Hashing;
  digest(form: 'hex'): string;
}

function hashing(of: (bytes: Uint8Array) => Uint8Array, text = ''): Hashing {
  return { update: (more) => hashing(of, text + more), digest: () => bytesToHex(of(utf8ToBytes(text))) };
}

export const createHash = (name: Name): Hashing => hashing(HASHES[name]);

export const createHmac = (name: Name, key: string): Hashing =>
  hashing((bytes) => hmac(HASHES[name], utf8ToBytes(key), bytes));

/** Who looks at a page has all that it compares: no time is kept from anybody. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
