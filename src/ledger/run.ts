import { closeSync, openSync, readSync } from 'node:fs';
import type { Fingerprint } from './fingerprint.ts';

/** Words that are read at once: 32 KB. */
const BLOCK = 4096;
const WORD_BYTES = 8;

/** A sorted run on disk: 64-bit words, 40 bits of fingerprint over 24 bits of leaf plus one. */
export class Run {
  readonly #path: string;
  readonly #count: number;
  #file: number | undefined;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#count = Math.floor(bytes / WORD_BYTES);
  }

  /** Leaves (within the run) that may have the key. */
  find({ hi, lo }: Fingerprint): number[] {
    const wanted = hi * 256 + lo;
    // Where the first word that is not below the wanted one must be: in [low, high].
    let low = 0;
    let high = this.#count;
    // Fingerprints are even, so the first guess is near; keys that somebody chose to be uneven fall back to halving.
    let guess = Math.floor((wanted / 2 ** 40) * this.#count);
    while (high - low > BLOCK) {
      const from = Math.min(Math.max(low, guess - BLOCK / 2), high - BLOCK);
      const block = this.#read(from, BLOCK);
      if (fingerprint(block, 0) >= wanted) high = from;
      else if (fingerprint(block, BLOCK - 1) < wanted) low = from + BLOCK;
      else [low, high] = [from, from + BLOCK];
      guess = Math.floor((low + high) / 2);
    }
    return this.#collect(wanted, low);
  }

  #collect(wanted: number, from: number): number[] {
    const found: number[] = [];
    for (let start = from; start < this.#count; start += BLOCK) {
      const block = this.#read(start, Math.min(BLOCK, this.#count - start));
      for (let i = 0; i < block.length / 2; i += 1) {
        const at = fingerprint(block, i);
        if (at > wanted) return found;
        if (at === wanted) found.push(((block[2 * i] as number) & 0xffffff) - 1);
      }
    }
    return found;
  }

  #read(from: number, words: number): Uint32Array {
    this.#file ??= openSync(this.#path, 'r');
    const block = new Uint32Array(2 * words);
    const bytes = new Uint8Array(block.buffer);
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(this.#file, bytes, done, bytes.length - done, from * WORD_BYTES + done);
      if (got === 0) throw new RangeError(`${this.#path} is shorter than it was`);
      done += got;
    }
    return block;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function fingerprint(block: Uint32Array, at: number): number {
  return (block[2 * at + 1] as number) * 256 + ((block[2 * at] as number) >>> 24);
}
