import { createHash } from 'node:crypto';
import { canonicalize, formatDigest } from '../../record/index.ts';

/** Where an event came from, for its records. */
export interface Delivery {
  /** A format's id, or `auto`. */
  format: string;
  emitter: string;
  /** Salted reference of who sent it. */
  actor: string;
  verified_by: string;
}

export const digestOfBytes = (bytes: Uint8Array) => formatDigest(sha256(bytes));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
/** Names of others may hold half a character. */
export const keyOf = (...parts: readonly string[]): string =>
  canonicalize(parts.map((part) => part.toWellFormed()));
