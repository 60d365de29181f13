import { type Sha256, toHex } from './digest.ts';

const encoder = new TextEncoder();

/** Random bytes of the given length; the caller gives the source of randomness. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * A UUID of version 7: 48 bits of Unix milliseconds and 74 random bits.
 * @param now Unix time in milliseconds
 * @see RFC 9562 section 5.7
 */
export function uuidv7(now: number, random: RandomBytes): string {
  // A copy of its own: random bytes may be a view into a shared pool.
  const bytes = new Uint8Array(random(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(now / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, now % 2 ** 32);
  return stamp(bytes, 7);
}

/**
 * A UUID of version 8 from the source's own id: the same source and id give the same record, however often it is sent.
 * @param source a name for the space of ids (`falco`, `opa-decision-log`)
 * @see RFC 9562 section 5.8
 */
export function derivedId(source: string, id: string, sha256: Sha256): string {
  const hash = sha256(encoder.encode(`exhibit.record-id/1\n${JSON.stringify([source, id])}`));
  return stamp(hash.slice(0, 16), 8);
}

function stamp(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
