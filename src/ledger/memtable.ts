import type { Fingerprint } from './fingerprint.ts';

const LEAF_BITS = 24;
const FIRST_SLOTS = 4096;

/**
 * Fingerprints of the newest leaves in memory: open addressing over two arrays of 32-bit words, 8 bytes a slot.
 * A word pair is one of a sorted run: fingerprint (40 bits), leaf within the run plus one (24 bits); 0 is a free slot.
 */
export class Memtable {
  #hi = new Uint32Array(FIRST_SLOTS);
  #lo = new Uint32Array(FIRST_SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param leaf within the run, below 2^24 - 1 */
  add({ hi, lo }: Fingerprint, leaf: number): void {
    if (2 * this.#count >= this.#hi.length) this.#grow();
    this.#insert(hi, ((lo << LEAF_BITS) | (leaf + 1)) >>> 0);
    this.#count += 1;
  }

  /** Leaves (within the run) that may have the key. */
  find({ hi, lo }: Fingerprint): number[] {
    const mask = this.#hi.length - 1;
    const found: number[] = [];
    for (let at = hi & mask; this.#lo[at] !== 0; at = (at + 1) & mask) {
      const word = this.#lo[at] as number;
      if (this.#hi[at] === hi && word >>> LEAF_BITS === lo) found.push((word & 0xffffff) - 1);
    }
    return found;
  }

  /** All of it as a run: sorted 64-bit words, fingerprint first. */
  sorted(): BigUint64Array {
    const run = new BigUint64Array(this.#count);
    const words = new Uint32Array(run.buffer);
    let at = 0;
    for (let slot = 0; slot < this.#lo.length; slot += 1) {
      if (this.#lo[slot] === 0) continue;
      words[at] = this.#lo[slot] as number;
      words[at + 1] = this.#hi[slot] as number;
      at += 2;
    }
    return run.sort();
  }

  #insert(hi: number, word: number): void {
    const mask = this.#hi.length - 1;
    let at = hi & mask;
    while (this.#lo[at] !== 0) at = (at + 1) & mask;
    this.#hi[at] = hi;
    this.#lo[at] = word;
  }

  #grow(): void {
    const [hi, lo] = [this.#hi, this.#lo];
    this.#hi = new Uint32Array(2 * hi.length);
    this.#lo = new Uint32Array(2 * lo.length);
    for (let at = 0; at < lo.length; at += 1)
      if (lo[at] !== 0) this.#insert(hi[at] as number, lo[at] as number);
  }
}
