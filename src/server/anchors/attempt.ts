import { failureOf, type Noted } from '../../anchors/index.ts';
import { type Clock, formatInstant } from '../../record/index.ts';
import type { Log } from '../log.ts';

export type Failing = NonNullable<NonNullable<Noted['timestamps']>['failing']>;

/** Something that is tried from time to time: the first failure of a row is logged, and the end of it. */
export class Attempt {
  failing: Failing | undefined;
  readonly #what: string;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(what: string, clock: Clock, log: Log) {
    this.#what = what;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never throws. @returns what it made, or the code of the failure */
  async try<T>(work: () => Promise<T>): Promise<{ made: T } | { code: string }> {
    try {
      const made = await work();
      if (this.failing !== undefined)
        this.#log('info', `${this.#what}: works again`, { since: this.failing.since });
      this.failing = undefined;
      return { made };
    } catch (error) {
      const { code, message } = failureOf(error);
      if (this.failing?.code !== code) this.#log('error', `${this.#what}: failed`, { code, message });
      this.failing = { since: this.failing?.since ?? formatInstant(this.#clock()), code, message };
      return { code };
    }
  }
}
