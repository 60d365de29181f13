import { recordGaps } from '../audit/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Clock, ExhibitError, isExhibitError } from '../record/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Most records that are looked at while callers wait; where more came, `exhibit gaps --record` does it beside the server. */
const MOST = 1_000_000;

export interface GapWatchOptions {
  ledger: Ledger;
  /** Seconds from one look to the next; 0: never. */
  every: number;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Looks from time to time for what is missing, and records it. One look at a time. */
export class GapWatch {
  readonly #options: GapWatchOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  #open: number | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: GapWatchOptions) {
    this.#options = options;
    options.metrics.gauge('gaps_open', () => this.#open);
    if (options.every > 0) this.#timer = setInterval(() => void this.look(), options.every * 1_000).unref();
  }

  /** Never throws: what goes wrong is logged, and the next look tries again. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { ledger, clock, log, metrics } = this.#options;
    try {
      const { found, added } = await recordGaps(ledger, {
        ...{ now: clock(), most: MOST },
        // No engine is started beside those who send: what may be read here is soon read.
        few: Number.POSITIVE_INFINITY,
      });
      this.#open = found.gaps.filter((gap) => !('ended' in gap)).length;
      metrics.add('gaps_recorded_total', {}, added);
      if (added > 0) log('warn', 'gaps recorded', { added, open: this.#open });
    } catch (error) {
      const code = isExhibitError(error) ? error.code : 'INTERNAL';
      log('error', 'gaps not looked for', {
        code,
        message: error instanceof ExhibitError ? error.message : String(error),
      });
    }
  }
}
