import type { RunFacts } from '../types.ts';

/** The time over which a log reaches. The first time that is seen names the run: the same file read again is the same run. */
export class Span {
  #first: string | undefined;
  #last: string | undefined;

  /** @returns the facts to yield before the first outcome; undefined afterwards and without a time */
  saw(time: string | undefined): RunFacts | undefined {
    if (time === undefined) return undefined;
    if (this.#last === undefined || time > this.#last) this.#last = time;
    if (this.#first !== undefined) return undefined;
    this.#first = time;
    return { type: 'run', started: time };
  }

  /** Whether a time was seen. */
  get began(): boolean {
    return this.#first !== undefined;
  }

  /** The latest time; undefined where there was none. */
  get ended(): string | undefined {
    return this.#last;
  }
}
