import { createHash } from 'node:crypto';

/**
 * Numbers that look like chance and follow from a seed: the same seed and topic give the same ones, whatever else was drawn before.
 * For generated data alone, never for keys.
 */
export class Chance {
  readonly #seed: string;
  #state: Uint32Array;

  constructor(seed: string) {
    this.#seed = seed;
    const hash = createHash('sha256').update(seed).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => hash.readUInt32LE(at));
  }

  /** Chance of its own for a topic, such as a day: what one day draws moves nothing on another. */
  of(topic: string): Chance {
    return new Chance(`${this.#seed}/${topic}`);
  }

  /** From 0 up to 1, which never comes. sfc32, by Chris Doty-Humphrey (PractRand), public domain. */
  next(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state;
    const sum = (((a + b) | 0) + counter) | 0;
    this.#state = Uint32Array.of(
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      ((c << 21) | (c >>> 11)) + sum,
      counter + 1,
    );
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new RangeError('there is nothing to pick from');
    return found;
  }

  /** In the form of a random source, for ids. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  hex(length: number): string {
    return Buffer.from(this.bytes(Math.ceil(length / 2)))
      .toString('hex')
      .slice(0, length);
  }
}
