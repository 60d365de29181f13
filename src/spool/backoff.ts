/** Pauses after failures: twice as long each time, each between half and the whole of it, so that many senders do not come together. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  readonly #random: (length: number) => Uint8Array;
  #failures = 0;

  /** Milliseconds. */
  constructor(first: number, longest: number, random: (length: number) => Uint8Array) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
  }

  /** Milliseconds to wait now. */
  failed(): number {
    const whole = Math.min(this.#longest, this.#first * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return whole * (0.5 + (this.#random(1)[0] ?? 0) / 512);
  }

  worked(): void {
    this.#failures = 0;
  }
}
