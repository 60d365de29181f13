import {
  Keeper,
  type Noted,
  openPlace,
  type Place,
  readNoted,
  stampLedger,
  writeNoted,
} from '../../anchors/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type Clock, dayOf, formatInstant, type RandomBytes } from '../../record/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Attempt } from './attempt.ts';
import type { AnchorsSetting } from './settings.ts';

/** How often it is looked whether something is due, and so how soon after a failure it is tried again. */
const LOOK_SECONDS = 60;

interface Copy {
  place: Place;
  keeper: Keeper;
  attempt: Attempt;
  /** When it was tried last, in milliseconds since 1970. */
  last: number;
  /** Of the newest that is there. */
  size: number | undefined;
}

export interface AnchorOptions {
  ledger: Ledger;
  setting: AnchorsSetting;
  /** PEM of `setting.timestamps.root`. */
  roots: string | undefined;
  clock: Clock;
  random: RandomBytes;
  version: string;
  log: Log;
  metrics: Metrics;
}

/**
 * Has the ledger stamped and its checkpoints kept elsewhere, beside what the server does: nothing that is appended waits for it. What fails is
 * logged, counted and noted beside the ledger, and tried again.
 */
export class AnchorWatch {
  readonly #options: AnchorOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #stamping: Attempt;
  readonly #copies: Copy[];
  #newest: NonNullable<Noted['timestamps']>['newest'];
  #looking: Promise<void> | undefined;
  readonly #ending = new AbortController();
  #read = false;

  constructor(options: AnchorOptions) {
    this.#options = options;
    const { setting, clock, log, metrics, ledger } = options;
    this.#stamping = new Attempt('time stamp', clock, log);
    this.#copies = (setting.checkpoints?.copies ?? []).map((one) => {
      const place = openPlace(one, { clock });
      const attempt = new Attempt(`checkpoint kept in ${place.name}`, clock, log);
      return {
        place,
        keeper: new Keeper(place, ledger),
        attempt,
        last: Number.NEGATIVE_INFINITY,
        size: undefined,
      };
    });
    const { timestamps, checkpoints } = setting;
    if (timestamps !== undefined) {
      metrics.gauge('timestamp_seconds', () =>
        this.#newest === undefined ? undefined : Date.parse(this.#newest.time) / 1000,
      );
      metrics.gauge('timestamp_failing', () => (this.#stamping.failing === undefined ? 0 : 1));
    }
    for (const { place, attempt } of this.#copies)
      metrics.gauge('checkpoint_copy_failing', () => (attempt.failing === undefined ? 0 : 1), {
        place: place.name,
      });
    for (const copy of this.#copies)
      metrics.gauge('checkpoint_copy_size', () => copy.size, { place: copy.place.name });
    if (timestamps === undefined && checkpoints === undefined) return;
    const every = Math.min(LOOK_SECONDS, checkpoints?.every_seconds ?? LOOK_SECONDS);
    this.#timer = setInterval(() => void this.look(), every * 1_000).unref();
  }

  /** Does what is due. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    for (const { place } of this.#copies) place.close();
    await this.#looking;
  }

  async #look(): Promise<void> {
    await this.#remember();
    const changed = [
      await this.#stamp(),
      ...(await Promise.all(this.#copies.map((copy) => this.#keep(copy)))),
    ];
    if (changed.some(Boolean)) await this.#note();
  }

  /** What was stamped before this process began, so that a restart asks for nothing that is not due. */
  async #remember(): Promise<void> {
    if (this.#read) return;
    this.#read = true;
    this.#newest = (await readNoted(this.#options.ledger.folder))?.timestamps?.newest;
  }

  /** @returns whether something was tried */
  async #stamp(): Promise<boolean> {
    const { ledger, setting, roots, clock, random, version, metrics, log } = this.#options;
    const { timestamps } = setting;
    if (timestamps === undefined || !this.#due(timestamps.every_seconds)) return false;
    const { url, policies, timeout_seconds } = timestamps;
    const outcome = await this.#stamping.try(() =>
      stampLedger(ledger, {
        url,
        timeout: timeout_seconds * 1_000,
        signal: this.#ending.signal,
        ...(roots === undefined ? {} : { roots }),
        ...(policies === undefined ? {} : { policies }),
        clock,
        random,
        version,
      }),
    );
    if ('code' in outcome) metrics.add('timestamp_errors_total', { code: outcome.code });
    else {
      const { size, time, tsa } = outcome.made;
      this.#newest = { size, time, tsa, taken: formatInstant(clock()) };
      metrics.add('timestamps_total');
      log('info', 'time stamp taken', { size, time, tsa });
    }
    return true;
  }

  #due(every: number): boolean {
    if (this.#newest === undefined || this.#stamping.failing !== undefined) return true;
    const [now, last] = [this.#options.clock(), Date.parse(this.#newest.taken)];
    // Of a time to come: then the clock was wrong. What cannot be read is no number, and so it is due.
    return !(last <= now && now - last < every * 1_000 && dayOf(now) === dayOf(last));
  }

  async #keep(copy: Copy): Promise<boolean> {
    const { setting, clock, metrics } = this.#options;
    const every = (setting.checkpoints?.every_seconds ?? 0) * 1_000;
    const now = clock();
    if (copy.attempt.failing === undefined && now - copy.last < every) return false;
    copy.last = now;
    const outcome = await copy.attempt.try(() => copy.keeper.keep());
    if ('code' in outcome) metrics.add('checkpoint_copy_errors_total', { code: outcome.code });
    else {
      copy.size = outcome.made.size;
      if (outcome.made.fresh) metrics.add('checkpoint_copies_total');
    }
    return true;
  }

  async #note(): Promise<void> {
    const { ledger, setting, log } = this.#options;
    const { failing } = this.#stamping;
    const timestamps = {
      ...(this.#newest === undefined ? {} : { newest: this.#newest }),
      ...(failing === undefined ? {} : { failing }),
    };
    const copies = this.#copies.map(({ place, attempt, size, last }) => ({
      name: place.name,
      ...(size === undefined ? {} : { newest: { size, time: formatInstant(last) } }),
      ...(attempt.failing === undefined ? {} : { failing: attempt.failing }),
    }));
    await writeNoted(ledger.folder, (noted) => ({
      ...noted,
      ...(setting.timestamps === undefined ? {} : { timestamps }),
      ...(setting.checkpoints === undefined ? {} : { copies }),
    })).catch((error: unknown) => {
      log('error', 'anchors not noted', { message: error instanceof Error ? error.message : String(error) });
    });
  }
}
