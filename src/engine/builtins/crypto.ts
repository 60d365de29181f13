import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Builtin } from '../wasm/instance.ts';
import { string } from './operands.ts';

const digest =
  (algorithm: string): Builtin =>
  ([text]) =>
    createHash(algorithm).update(string(text)).digest('hex');

const mac =
  (algorithm: string): Builtin =>
  ([text, key]) =>
    createHmac(algorithm, string(key)).update(string(text)).digest('hex');

const equal: Builtin = ([a, b]) => {
  const [left, right] = [Buffer.from(string(a)), Buffer.from(string(b))];
  return left.length === right.length && timingSafeEqual(left, right);
};

export const crypto: Readonly<Record<string, Builtin>> = {
  'crypto.md5': digest('md5'),
  'crypto.sha1': digest('sha1'),
  'crypto.sha256': digest('sha256'),
  'crypto.hmac.md5': mac('md5'),
  'crypto.hmac.sha1': mac('sha1'),
  'crypto.hmac.sha256': mac('sha256'),
  'crypto.hmac.sha512': mac('sha512'),
  'crypto.hmac.equal': equal,
};
