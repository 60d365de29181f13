import { type Encoded, encodeUnnumbered } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { type Clock, ExhibitError, type RandomBytes, uuidv7 } from '../../record/index.ts';
import { answerOf, type ReviewResponse } from './answer.ts';
import { openJudge, type ReviewJudge } from './judge.ts';
import { recordsOfReview } from './record.ts';
import type { RequestOfReview } from './review.ts';

/** A review that is to be judged, as it can be sent to another thread. */
export interface Question {
  /** As it was sent; attacker-controlled. */
  bytes: Uint8Array;
  /** What was read of it. */
  request: RequestOfReview;
  /** What policies see of each of its documents besides, under `exhibit`: stored with the input, so that it is judged again alike. */
  shown: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Salted reference of who made the request, and how the caller of the webhook was known. */
  actor: string;
  actor_verified_by: string;
}

/** What a review comes to: the answer, and what must be on disk before it is given. */
export interface Reviewed {
  response: ReviewResponse;
  /** None for what is only tried. */
  records: Encoded[];
  blobs: Uint8Array[];
}

/** What of the server stands in records. */
export interface ReviewHost {
  emitter: string;
  version: string;
  /** Of the cluster, for subjects that state none. */
  environment: string | undefined;
  /** Longest evaluation of one review. */
  milliseconds: number;
}

/** Judges reviews with the bundle that it was given last: here, or in threads beside this one. */
export interface Reviewer {
  /** @throws ExhibitError BUNDLE_INVALID, POLICY_BUILTIN; the one before stays then */
  use(bundle: Bundle): Promise<void>;
  /** @throws ExhibitError BUNDLE_MISSING before the first bundle; what keeps the review from being judged */
  review(question: Question): Promise<Reviewed>;
  close(): Promise<void>;
}

export class LocalReviewer implements Reviewer {
  readonly #host: ReviewHost;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  #judge: ReviewJudge | undefined;

  constructor(host: ReviewHost, clock: Clock, random: RandomBytes) {
    this.#host = host;
    this.#clock = clock;
    this.#random = random;
  }

  async use(bundle: Bundle): Promise<void> {
    this.#judge = await openJudge(bundle, this.#clock, this.#host.milliseconds);
  }

  review(question: Question): Promise<Reviewed> {
    if (this.#judge === undefined) throw noBundle();
    return reviewWith(this.#judge, question, this.#host, this.#clock, this.#random);
  }

  async close(): Promise<void> {}
}

/** Judges one review: verdicts, answer, and the records of it in the form in which they are kept. */
export async function reviewWith(
  judge: ReviewJudge,
  { bytes, request, shown, actor, actor_verified_by }: Question,
  { emitter, version, environment }: ReviewHost,
  clock: Clock,
  random: RandomBytes,
): Promise<Reviewed> {
  const judged = await judge.judge(bytes, environment, shown);
  const now = clock();
  const run_id = uuidv7(now, random);
  const response = answerOf(request.uid, run_id, judged, judge.bundle, judge.words());
  // What is only tried changes nothing, here as there: it is answered, and no decision about anything that happened.
  if (request.dryRun) return { response, records: [], blobs: [] };
  const { records, blobs } = recordsOfReview(request, {
    bundle: judge.bundle,
    judged,
    run_id,
    now,
    random,
    emitter,
    version,
    attribution: { actor, actor_verified_by },
  });
  return {
    response,
    records: records.map((record) => encodeUnnumbered(record, emitter)),
    blobs: [...blobs.values()],
  };
}

export function noBundle(): ExhibitError {
  return new ExhibitError('BUNDLE_MISSING', 'the review was not judged: no bundle was verified yet', {
    hint: 'Look at the log of the server: it says why a bundle was refused.',
  });
}
