import { type Clock, formatInstant } from '../../record/index.ts';
import type { ServedBundle } from '../bundles/source.ts';
import type { Settings } from '../settings.ts';
import { type Words, wordsOf } from './answer.ts';
import { openJudge, type ReviewJudge } from './judge.ts';

/** What judges reviews now. */
export class Admission {
  readonly #settings: Settings;
  readonly #clock: Clock;
  #judge: ReviewJudge | undefined;
  #words: { day: string; judge: ReviewJudge; words: Words } | undefined;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Takes a bundle that verified, where it is the one that judges. @throws ExhibitError BUNDLE_INVALID; the one before stays then */
  async use({ name, bundle }: ServedBundle): Promise<void> {
    const { admission, bundles, limits } = this.#settings;
    if (admission === undefined || name !== (admission.bundle ?? bundles[0]?.name)) return;
    this.#judge = await openJudge(bundle, this.#clock, limits.evaluation_milliseconds);
  }

  /** Undefined before one verified. */
  get judge(): ReviewJudge | undefined {
    return this.#judge;
  }

  /** Links of the control map begin and end with a day. */
  words(judge: ReviewJudge): Words {
    const day = formatInstant(this.#clock()).slice(0, 10);
    if (this.#words?.judge !== judge || this.#words.day !== day)
      this.#words = { day, judge, words: wordsOf(judge.bundle, day) };
    return this.#words.words;
  }
}
