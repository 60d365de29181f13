import { createHash } from 'node:crypto';
import { toHex } from '../../record/index.ts';

/** SHA-256 of the bytes, quoted as HTTP wants it. */
export function etagOf(bytes: Uint8Array): string {
  return `"${toHex(createHash('sha256').update(bytes).digest())}"`;
}
