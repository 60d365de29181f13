import type { Bundle } from '../../policy/index.ts';
import { type Clock, ExhibitError, type RandomBytes } from '../../record/index.ts';
import type { ServedBundle } from '../bundles/source.ts';
import type { Settings } from '../settings.ts';
import type { Question, Reviewed, Reviewer } from './question.ts';
import { LocalReviewer } from './reviewer.ts';
import { ThreadReviewer } from './threads/thread-reviewer.ts';

export interface AdmissionOptions {
  settings: Settings;
  clock: Clock;
  random: RandomBytes;
  emitter: string;
  version: string;
  /** Threads that judge beside the one that answers; none: it judges itself. */
  threads: number;
  /** Told of a thread that ended, and was replaced. */
  onFault(error: ExhibitError): void;
}

/** What judges reviews now. */
export class Admission {
  readonly #settings: Settings;
  readonly #reviewer: Reviewer | undefined;
  #bundle: Bundle | undefined;

  constructor({ settings, clock, random, emitter, version, threads, onFault }: AdmissionOptions) {
    const { admission, limits } = settings;
    this.#settings = settings;
    if (admission === undefined) return;
    const { environment, cluster } = admission;
    const host = { emitter, version, environment, cluster, milliseconds: limits.evaluation_milliseconds };
    const beside = admission.threads ?? threads;
    this.#reviewer =
      beside === 0
        ? new LocalReviewer(host, clock, random)
        : new ThreadReviewer(host, { clock, threads: beside, onFault });
  }

  /** Takes a bundle that verified, where it is the one that judges. @throws ExhibitError BUNDLE_INVALID; the one before stays then */
  async use({ name, bundle }: ServedBundle): Promise<void> {
    const { admission, bundles } = this.#settings;
    if (admission === undefined || name !== (admission.bundle ?? bundles[0]?.name)) return;
    await this.#reviewer?.use(bundle);
    this.#bundle = bundle;
  }

  /** With which a review that comes now is judged; undefined before one verified. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  review(question: Question): Promise<Reviewed> {
    if (this.#reviewer === undefined) throw new ExhibitError('NOT_FOUND', 'admission is not set here');
    return this.#reviewer.review(question);
  }

  async close(): Promise<void> {
    await this.#reviewer?.close();
  }
}
