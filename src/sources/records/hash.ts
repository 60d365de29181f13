import { createHash } from 'node:crypto';
import { type Digest, formatDigest, type Sha256 } from '../../record/index.ts';

export const sha256: Sha256 = (bytes) => createHash('sha256').update(bytes).digest();
export const digestOf = (bytes: Uint8Array): Digest => formatDigest(sha256(bytes));
