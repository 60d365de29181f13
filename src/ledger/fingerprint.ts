/**
 * 40 bits of a key, as a high word of 32 and a low byte. Two keys may share one: whoever looks a key up confirms a hit
 * by reading the record, so a sender who makes fingerprints collide costs time and nothing else.
 */
export interface Fingerprint {
  hi: number;
  lo: number;
}

/** Of a record id: its last bytes, which are random or a hash in every version that records may have. */
export function idFingerprint(id: Uint8Array): Fingerprint {
  const byte = (at: number) => id[at] as number;
  return { hi: ((byte(11) << 24) | (byte(12) << 16) | (byte(13) << 8) | byte(14)) >>> 0, lo: byte(15) };
}

/** Of an emitter (by its hash) and a sequence number. */
export function sequenceFingerprint(emitter: number, sequence: number): Fingerprint {
  const low = sequence >>> 0;
  const high = Math.floor(sequence / 2 ** 32);
  const hi = mix(mix(emitter ^ 0x9e3779b9) ^ low) ^ mix(high + 0x7f4a7c15);
  return { hi: mix(hi), lo: mix(hi ^ emitter) & 0xff };
}

/** FNV-1a over UTF-16 units, for names. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: every input bit changes about half of the output bits. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
