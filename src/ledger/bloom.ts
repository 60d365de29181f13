import { type Fingerprint, mix } from './fingerprint.ts';

const BITS_PER_KEY = 16;
const PROBES = 8;

/** A Bloom filter over fingerprints: 16 bits a key, one false hit in about 2,000. Its bits are a file as they are. */
export class Bloom {
  readonly bits: Uint8Array;

  constructor(bits: Uint8Array) {
    this.bits = bits;
  }

  static of(keys: number): Bloom {
    return new Bloom(new Uint8Array(Math.max(8, Math.ceil((keys * BITS_PER_KEY) / 8))));
  }

  add(key: Fingerprint): void {
    for (const bit of places(key, this.bits.length)) {
      const at = bit >>> 3;
      this.bits[at] = (this.bits[at] as number) | (1 << (bit & 7));
    }
  }

  has(key: Fingerprint): boolean {
    for (const bit of places(key, this.bits.length)) {
      if (((this.bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** Double hashing (Kirsch and Mitzenmacher): all probes from two hashes. */
function places({ hi, lo }: Fingerprint, bytes: number): number[] {
  const bits = 8 * bytes;
  const first = mix(hi ^ lo);
  const second = mix(hi + 0x9e3779b9 * (lo + 1)) | 1;
  return Array.from({ length: PROBES }, (_, i) => ((first + Math.imul(i, second)) >>> 0) % bits);
}
